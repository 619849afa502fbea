/** `npm run release -- X.Y.Z`, and `-- --notes X.Y.Z`, which prints what the changelog says of it; docs/production.md. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { command, misused } from "../command-line.mjs";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { handOver } from "../setup/command.mjs";
import { notesOf } from "./changelog.ts";
import { release } from "./release.ts";

const USAGE = `Makes a release: runs the tests, sets the version, commits and tags. Pushes nothing.

  npm run release -- X.Y.Z [--untested]
  npm run -s release -- --notes X.Y.Z

  --untested   without the tests
  --notes      prints what the changelog says of a release instead
`;

const options = { untested: { type: "boolean" }, notes: { type: "string" } } as const;

await command({ usage: USAGE, options, takes: [0, 1] }, async ({ values, positionals: [version] }) => {
  if (values.notes !== undefined) {
    // As GitHub's runners have them.
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
    const files = server && repository ? `${server}/${repository}/blob/v${values.notes}/` : "";
    const changelog = await readFile(join(ROOT, "CHANGELOG.md"), "utf8");
    process.stdout.write(`${notesOf(changelog, values.notes, files)}\n`);
    return;
  }
  if (version === undefined) throw misused("Which version? npm run release -- X.Y.Z. --help says more.");
  const today = new Date().toISOString().slice(0, 10);
  const tag = await release(ROOT, version, today, values.untested ? async () => {} : test);
  console.log(
    `${tag} is committed and tagged.\nTo publish it: git push --follow-tags\nTo take it back before that: git tag -d ${tag} && git reset --keep HEAD~1`,
  );
});

async function test(): Promise<void> {
  await handOver("npm", ["test"]);
  if (process.exitCode) throw new Complaint("The tests fail: nothing was released.");
}
