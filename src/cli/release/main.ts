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
    process.stdout.write(`${notesOf(await readFile(join(ROOT, "CHANGELOG.md"), "utf8"), second)}\n`);
    return;
  }
  if (!first || first.startsWith("-") || (second !== undefined && second !== "--untested"))
    throw new Complaint("npm run release -- X.Y.Z [--untested]", MISUSED);
  const today = new Date().toISOString().slice(0, 10);
  const tag = await release(ROOT, first, today, second === "--untested" ? async () => {} : test);
  console.log(`${tag} is committed and tagged. To publish it: git push --follow-tags`);
});

async function test(): Promise<void> {
  await handOver("npm", ["test"]);
  if (process.exitCode) throw new Complaint("The tests fail: nothing was released.");
}
