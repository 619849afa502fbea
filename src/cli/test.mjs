/** `npm test [-- step…]`: sets up, then runs every check and test. */
import { complaintAboutNode } from "./setup/node-version.mjs";

const complaint = complaintAboutNode(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exit(1);
}
const { command } = await import("./command-line.mjs");
const { check } = await import("./check/check.mjs");
const { STEPS } = await import("./check/steps.mjs");

const USAGE = `Runs every check and test, or those that are named.

  npm test -- [STEP]…

${STEPS.map(({ name, title }) => `  ${name.padEnd(10)} ${title}`).join("\n")}
`;

await command({ usage: USAGE, takes: [0, STEPS.length] }, ({ positionals }) => check(positionals));
