/**
 * Says what is wrong with the Worker's variables in the environment, a sentence a line, and ends with code 1 then. A program of its own,
 * since `npm start` may run in a Node that reads no TypeScript.
 */
import { join } from "node:path";
import { parseConfig } from "../../edge/config.ts";
import { ROOT } from "../root.mjs";
import { boundBuckets, unbound } from "./bound-buckets.ts";

const env: Record<string, string | undefined> = process.env;
const result = parseConfig(env);
const complaints = result.ok ? await complaintsAbout(result.config.source.buckets) : result.complaints;
if (complaints.length > 0) {
  console.log(complaints.join("\n"));
  process.exitCode = 1;
}

async function complaintsAbout(buckets: readonly { binding: string }[]): Promise<string[]> {
  if (buckets.length === 0) return [];
  return unbound(buckets, await boundBuckets(join(ROOT, "wrangler.toml")));
}
