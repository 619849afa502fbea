/** `npm run cost`: what a month costs; docs/production.md. */
import { run } from "../complaint.mjs";
import { readArguments, USAGE } from "./arguments.ts";
import { billOf } from "./bill.ts";
import { report, tables } from "./report.ts";

await run(async () => {
  const asked = readArguments(process.argv.slice(2));
  if (asked.kind === "help") process.stdout.write(USAGE);
  else if (asked.kind === "tables") process.stdout.write(`${tables()}\n`);
  else process.stdout.write(report(asked.month, billOf(asked.month, asked.engine)));
});
