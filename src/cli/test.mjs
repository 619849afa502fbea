/** `npm test [-- step…]`: sets up, then runs every check and test. */
import { complaintAboutNode } from "./setup/node-version.mjs";

const complaint = complaintAboutNode(process.versions.node);
if (complaint) {
  console.error(complaint);
  process.exit(1);
}
const { run } = await import("./complaint.mjs");
const { check } = await import("./check/check.mjs");
await run(() => check(process.argv.slice(2)));
