/** `npm run trace`: receives traces and prints where the time went; docs/observability.md. */
import { run } from "../complaint.mjs";
import { traceCommand } from "./trace.ts";

await run(() => traceCommand(process.argv.slice(2), (text) => process.stdout.write(text)));
