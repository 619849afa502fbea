/**
 * Says what is wrong with the Worker's variables in the environment, a sentence a line, and ends with code 1 then. A program of its own,
 * since `npm start` may run in a Node that reads no TypeScript.
 */
import { join } from "node:path";
import { parseConfig } from "../../edge/config.ts";
import { ROOT } from "../root.mjs";
import { boundBuckets } from "./bound-buckets.ts";

const env: Record<string, string | undefined> = process.env;
const result = parseConfig(env);
const complaints = result.ok ? await unbound(result.config.source.buckets) : result.complaints;
if (complaints.length > 0) {
  console.log(complaints.join("\n"));
  process.exitCode = 1;
}

async function unbound(buckets: readonly { binding: string }[]): Promise<string[]> {
  if (buckets.length === 0) return [];
  const bound = await boundBuckets(join(ROOT, "wrangler.toml"));
  const missing = buckets.map(({ binding }) => binding).filter((binding) => !bound.includes(binding));
  return missing.map(
    (binding) => `SOURCE_BUCKETS names ${binding}, which is no binding of a bucket in wrangler.toml.`,
  );
}
