/**
 * Says what is wrong with the Worker's variables in the environment, a sentence a line, and ends with code 1 then. A program of its own,
 * since `npm start` may run in a Node that reads no TypeScript.
 */
import { parseConfig } from "../../edge/config.ts";

const env: Record<string, string | undefined> = process.env;
const result = parseConfig(env);
if (!result.ok) {
  console.log(result.complaints.join("\n"));
  process.exitCode = 1;
}
