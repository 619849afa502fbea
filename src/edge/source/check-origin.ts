import type { Failure } from "../../contract/problem.ts";
import type { Source } from "../../contract/source.ts";
import { checkBucket, type SourceBucket } from "./buckets.ts";
import { checkSource, type SourcePolicy } from "./source-policy.ts";

/** Whether the operator lets pictures come from there at all; what was uploaded is here already. */
export function checkOrigin(
  source: Source,
  { policy, buckets }: { policy: SourcePolicy; buckets: readonly SourceBucket[] },
): { ok: true } | Failure {
  if (source.kind === "upload") return { ok: true };
  return source.kind === "url" ? checkSource(source.url, policy) : checkBucket(source, buckets);
}
