import { parseSource, type Source } from "../../contract/source.ts";
import { parseSourceBuckets, type SourceBucket } from "../source/buckets.ts";
import { checkOrigin } from "../source/check-origin.ts";
import type { FreshnessLimits } from "../source/freshness.ts";
import { parseSourcePolicy, type SourcePolicy } from "../source/source-policy.ts";
import type { Environment } from "./environment.ts";

/** Where pictures may come from, and how long what is known of them holds. */
export type SourceConfig = {
  policy: SourcePolicy;
  buckets: readonly SourceBucket[];
  /** Milliseconds. */
  timeout: number;
  freshness: FreshnessLimits;
  /** For how long a failure is remembered. */
  errorSeconds: number;
};

/** A picture in place of those that cannot be had; without a status of its own it has the problem's. */
export type FallbackConfig = { source: Source; status: number | undefined };

/** A picture cannot be answered with them (Fetch standard, "null body status"). */
const WITHOUT_BODY = [204, 205, 304];

/** Seconds. */
const YEAR = 31_536_000;

export function readSources(env: Environment): SourceConfig {
  const policy = env.parsed("ALLOWED_SOURCES", parseSourcePolicy) ?? [];
  const buckets = env.parsed("SOURCE_BUCKETS", parseSourceBuckets) ?? [];
  const freshness = {
    ttl: env.whole("SOURCE_TTL", 3600, 0, YEAR),
    minTtl: env.whole("SOURCE_MIN_TTL", 60, 0, YEAR),
    maxTtl: env.whole("SOURCE_MAX_TTL", 86_400, 0, YEAR),
    staleWhileRevalidate: env.whole("SOURCE_STALE_WHILE_REVALIDATE", 3600, 0, YEAR),
    staleIfError: env.whole("SOURCE_STALE_IF_ERROR", 604_800, 0, YEAR),
  };
  if (freshness.minTtl > freshness.maxTtl) {
    env.complain("SOURCE_MIN_TTL must not be more than SOURCE_MAX_TTL.");
  }
  return {
    policy,
    buckets,
    timeout: env.whole("SOURCE_TIMEOUT", 10, 1, 60) * 1000,
    freshness,
    errorSeconds: env.whole("SOURCE_ERROR_TTL", 10, 0, 60),
  };
}

/** @returns undefined where there is none, or a wrong one */
export function readFallback(env: Environment, sources: SourceConfig): FallbackConfig | undefined {
  const status = env.whole("FALLBACK_STATUS", 0, 0, 599);
  if ((status !== 0 && status < 200) || WITHOUT_BODY.includes(status)) {
    env.complain("FALLBACK_STATUS must be 0, or 200 to 599 and a status that has a body.");
  }
  if (env.text("FALLBACK_IMAGE") === "") return undefined;
  const parsed = parseSource(env.text("FALLBACK_IMAGE"));
  const allowed = parsed.ok ? checkOrigin(parsed.source, sources) : parsed;
  if (!allowed.ok) env.complain(`FALLBACK_IMAGE: ${allowed.detail}`);
  return parsed.ok ? { source: parsed.source, status: status || undefined } : undefined;
}
