/** `npx stylegate`; docs/cli.md. */
import { run } from "../complaint.mjs";
import { listenForStop } from "../serve/stop.mjs";
import { stylegate } from "./program.ts";

const { stop } = listenForStop();
const { env, stdin, stdout, stderr } = process;
await run(async () => {
  process.exitCode = await stylegate(process.argv.slice(2), { env, stdin, stdout, stderr, stop });
});
