import type { Failure } from "../contract/problem.ts";
import { parseSource, type Source } from "../contract/source.ts";
import { type Presets, parsePresets } from "../contract/transform/presets.ts";
import { type OriginPolicy, parseOrigins } from "./access/origin-policy.ts";
import type { Signing } from "./access/signature.ts";
import { parseSigningKeys } from "./access/signing-keys.ts";
import type { ModerationEndpoint } from "./moderation/client.ts";
import { checkBucket, parseSourceBuckets, type SourceBucket } from "./source/buckets.ts";
import type { FreshnessLimits } from "./source/freshness.ts";
import { checkSource, parseSourcePolicy, type SourcePolicy } from "./source/source-policy.ts";
import type { VariableName, Variables } from "./variables.ts";

/** The environment, parsed: nothing behind it reads a variable. Times in milliseconds unless their name says otherwise. */
export type Config = {
  inference: { url: string; modelSuffix: string; timeout: number };
  sources: SourcePolicy;
  origins: OriginPolicy;
  /** Pixels of the longer side at which the network draws. */
  workingSize: number;
  source: {
    timeout: number;
    freshness: FreshnessLimits;
    /** For how long a failure is remembered. */
    errorSeconds: number;
    buckets: readonly SourceBucket[];
  };
  uploadTimeout: number;
  cacheMaxAgeSeconds: number;
  presets: Presets;
  signing: Signing;
  /** What is shown where a picture cannot be had; without a status of its own, with the problem's. */
  fallback: { source: Source; status: number | undefined } | undefined;
  /** Undefined where every picture may be drawn. */
  moderation: Omit<ModerationEndpoint, "fetch"> | undefined;
  /** Undefined where nobody may administer. */
  adminSecret: string | undefined;
};

/** Of the memory that reducing a photo to it takes: docs/memory.md. */
const MAX_WORKING_SIZE = 1024;

/** Seconds. */
const YEAR = 31_536_000;

export type ConfigResult = { ok: true; config: Config } | { ok: false; complaints: string[] };

/**
 * Reads the variables. An empty one counts as not set, except where it says something: no source, no origin, the fp32 models. All
 * complaints come at once, one sentence each, for the operator's log.
 */
export function parseConfig(env: Variables): ConfigResult {
  const complaints: string[] = [];
  const text = (name: VariableName) => env[name]?.trim() ?? "";
  const whole = (name: VariableName, fallback: number, least: number, most: number): number => {
    const value = text(name) || String(fallback);
    if (/^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    complaints.push(`${name} must be a whole number from ${least} to ${most}, not "${value}".`);
    return fallback;
  };
  const yes = (name: VariableName): boolean => {
    const value = text(name) || "no";
    if (value !== "yes" && value !== "no") complaints.push(`${name} must be yes or no, not "${value}".`);
    return value === "yes";
  };
  const sources = parseSourcePolicy(text("ALLOWED_SOURCES"));
  if (!sources.ok) complaints.push(`ALLOWED_SOURCES: ${sources.complaint}`);
  const buckets = parseSourceBuckets(text("SOURCE_BUCKETS"));
  if (!buckets.ok) complaints.push(`SOURCE_BUCKETS: ${buckets.complaint}`);
  const origins = parseOrigins(text("ALLOWED_ORIGINS"));
  if (!origins.ok) complaints.push(`ALLOWED_ORIGINS: ${origins.complaint}`);
  const presets = parsePresets(text("PRESETS"));
  if (!presets.ok) complaints.push(`PRESETS: ${presets.complaint}`);
  const only = yes("PRESETS_ONLY");
  if (only && presets.ok && presets.named.size === 0) complaints.push("PRESETS_ONLY needs PRESETS.");
  const signing = parseSigningKeys(text("SIGNING_KEYS"));
  if (!signing.ok) complaints.push(`SIGNING_KEYS: ${signing.complaint}`);
  const isSigned = text("REQUIRE_SIGNATURE") || "auto";
  if (!/^(?:auto|yes|no)$/.test(isSigned)) {
    complaints.push(`REQUIRE_SIGNATURE must be auto, yes or no, not "${isSigned}".`);
  }
  const hasKeys = signing.ok && signing.keys.size > 0;
  if (isSigned === "yes" && signing.ok && !hasKeys) complaints.push("REQUIRE_SIGNATURE needs SIGNING_KEYS.");
  const url = endpoint(text("INFERENCE_URL") || "http://127.0.0.1:8788");
  if (url === undefined) complaints.push("INFERENCE_URL must be an http or https URL without query.");
  const modelSuffix = text("MODEL_SUFFIX");
  if (!/^\w*$/.test(modelSuffix)) complaints.push("MODEL_SUFFIX may have letters, digits and underscores.");
  const config = {
    workingSize: whole("WORKING_SIZE", 768, 32, MAX_WORKING_SIZE),
    cacheMaxAgeSeconds: whole("CACHE_MAX_AGE", 86_400, 0, YEAR),
    source: {
      timeout: whole("SOURCE_TIMEOUT", 10, 1, 60) * 1000,
      freshness: {
        ttl: whole("SOURCE_TTL", 3600, 0, YEAR),
        minTtl: whole("SOURCE_MIN_TTL", 60, 0, YEAR),
        maxTtl: whole("SOURCE_MAX_TTL", 86_400, 0, YEAR),
        staleWhileRevalidate: whole("SOURCE_STALE_WHILE_REVALIDATE", 3600, 0, YEAR),
        staleIfError: whole("SOURCE_STALE_IF_ERROR", 604_800, 0, YEAR),
      },
      errorSeconds: whole("SOURCE_ERROR_TTL", 10, 0, 60),
      buckets: buckets.ok ? buckets.buckets : [],
    },
    uploadTimeout: whole("UPLOAD_TIMEOUT", 60, 1, 600) * 1000,
    adminSecret: text("ADMIN_SECRET") || undefined,
  };
  const { minTtl, maxTtl } = config.source.freshness;
  if (minTtl > maxTtl) complaints.push("SOURCE_MIN_TTL must not be more than SOURCE_MAX_TTL.");
  const check = (source: Source): { ok: true } | Failure => {
    if (source.kind === "url" && sources.ok) return checkSource(source.url, sources.policy);
    if (source.kind === "r2" && buckets.ok) return checkBucket(source, buckets.buckets);
    return { ok: true };
  };
  const fallback = text("FALLBACK_IMAGE") === "" ? undefined : parseSource(text("FALLBACK_IMAGE"));
  if (fallback && !fallback.ok) complaints.push(`FALLBACK_IMAGE: ${fallback.detail}`);
  const allowed = fallback?.ok ? check(fallback.source) : undefined;
  if (allowed && !allowed.ok) complaints.push(`FALLBACK_IMAGE: ${allowed.detail}`);
  const fallbackStatus = whole("FALLBACK_STATUS", 0, 0, 599);
  if (fallbackStatus !== 0 && fallbackStatus < 200)
    complaints.push("FALLBACK_STATUS must be 0 or 200 to 599.");
  const moderationUrl = text("MODERATION_URL") === "" ? undefined : URL.parse(text("MODERATION_URL"));
  if (moderationUrl === null || (moderationUrl && !/^https?:$/.test(moderationUrl.protocol))) {
    complaints.push("MODERATION_URL must be an http or https URL.");
  }
  const onFailure = text("MODERATION_FAILURE") || "refuse";
  if (onFailure !== "refuse" && onFailure !== "allow") {
    complaints.push(`MODERATION_FAILURE must be refuse or allow, not "${onFailure}".`);
  }
  const moderationTimeout = whole("MODERATION_TIMEOUT", 5, 1, 60) * 1000;
  const moderationSecret = text("MODERATION_SECRET") || undefined;
  const { adminSecret } = config;
  if (adminSecret !== undefined && !/^[!-~]{32,512}$/.test(adminSecret)) {
    complaints.push("ADMIN_SECRET must have 32 to 512 characters of visible ASCII.");
  }
  const timeout = whole("INFERENCE_TIMEOUT", 60, 1, 600) * 1000;
  if (
    !sources.ok ||
    !origins.ok ||
    !presets.ok ||
    !signing.ok ||
    url === undefined ||
    complaints.length > 0
  ) {
    return { ok: false, complaints };
  }
  return {
    ok: true,
    config: {
      ...config,
      sources: sources.policy,
      origins: origins.policy,
      presets: { named: presets.named, only },
      signing: { keys: signing.keys, isRequired: isSigned === "yes" || (isSigned === "auto" && hasKeys) },
      inference: { url, modelSuffix, timeout },
      fallback: fallback?.ok ? { source: fallback.source, status: fallbackStatus || undefined } : undefined,
      moderation: moderationUrl
        ? {
            url: moderationUrl.href,
            secret: moderationSecret,
            timeout: moderationTimeout,
            onFailure: onFailure === "allow" ? "allow" : "refuse",
          }
        : undefined,
    },
  };
}

/** Without a slash at the end, so that paths can be appended. */
function endpoint(text: string): string | undefined {
  const url = URL.parse(text);
  const isUsable = url && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  return isUsable ? url.href.replace(/\/+$/, "") : undefined;
}
