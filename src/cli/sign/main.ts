/** `npm run sign`: prints signed image URLs; docs/signing.md. */
import { run } from "../complaint.mjs";
import { signCommand } from "./sign.ts";

await run(async () => {
  process.stdout.write(await signCommand(process.argv.slice(2), process.env, Date.now()));
});
