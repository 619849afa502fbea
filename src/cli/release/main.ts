/** `npm run release -- X.Y.Z`, and `-- --notes X.Y.Z`, which prints what the changelog says of it; docs/production.md. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint, MISUSED, run } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { handOver } from "../setup/command.mjs";
import { notesOf } from "./changelog.ts";
import { release } from "./release.ts";

const [first, second] = process.argv.slice(2);

await run(async () => {
  if (first === "--notes" && second) {
    // As GitHub's runners have them.
    const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
    const files = server && repository ? `${server}/${repository}/blob/v${second}/` : "";
    process.stdout.write(`${notesOf(await readFile(join(ROOT, "CHANGELOG.md"), "utf8"), second, files)}\n`);
    return;
  }
  if (!first || first.startsWith("-") || (second !== undefined && second !== "--untested"))
    throw new Complaint("npm run release -- X.Y.Z [--untested]", MISUSED);
  const today = new Date().toISOString().slice(0, 10);
  const tag = await release(ROOT, first, today, second === "--untested" ? async () => {} : test);
  console.log(
    `${tag} is committed and tagged.\nTo publish it: git push --follow-tags\nTo take it back before that: git tag -d ${tag} && git reset --keep HEAD~1`,
  );
});

async function test(): Promise<void> {
  await handOver("npm", ["test"]);
  if (process.exitCode) throw new Complaint("The tests fail: nothing was released.");
}
