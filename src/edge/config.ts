import { servedStyle } from "../contract/style.ts";
import { type Presets, parsePresets } from "../contract/transform/presets.ts";
import { parseTransform } from "../contract/transform.ts";
import { type OriginPolicy, parseOrigins } from "./access/origin-policy.ts";
import type { Signing } from "./access/signature.ts";
import { parseSigningKeys } from "./access/signing-keys.ts";
import { Environment } from "./config/environment.ts";
import { type InferenceConfig, readInference } from "./config/inference.ts";
import { type ModerationConfig, readModeration } from "./config/moderation.ts";
import { type FallbackConfig, readFallback, readSources, type SourceConfig } from "./config/sources.ts";
import { readStylizations, type StylizationConfig } from "./config/stylizations.ts";
import { readTelemetry, type TelemetryConfig } from "./config/telemetry.ts";
import { readUploads, type UploadConfig } from "./config/uploads.ts";
import { readWebhookPolicy } from "./config/webhooks.ts";
import type { SourcePolicy } from "./source/source-policy.ts";
import type { Variables } from "./variables.ts";

/** The environment, parsed: nothing behind it reads a variable. Times in milliseconds unless their name says otherwise. */
export type Config = {
  inference: InferenceConfig;
  source: SourceConfig;
  origins: OriginPolicy;
  /** Where webhooks may be sent: `checkWebhook`. */
  webhooks: SourcePolicy;
  /** Heads of a picture that are drawn by themselves at most. */
  maxFaces: number;
  /** Pixels of the longer side at which the network draws. */
  workingSize: number;
  uploadTimeout: number;
  stylizations: StylizationConfig;
  uploads: UploadConfig;
  cacheMaxAgeSeconds: number;
  presets: Presets;
  signing: Signing;
  /** Whether requests need a key, or the service is open to its own machine. */
  auth: "keys" | "open";
  fallback: FallbackConfig | undefined;
  telemetry: TelemetryConfig;
  /** Undefined where every picture may be drawn. */
  moderation: ModerationConfig | undefined;
  /** Undefined where there is none to make the first key with. */
  adminSecret: string | undefined;
};

/** Of the memory that reducing a photo to it takes: docs/memory.md. */
const MAX_WORKING_SIZE = 1024;

export type ConfigResult = { ok: true; config: Config } | { ok: false; complaints: string[] };

/**
 * Reads the variables. An empty one counts as not set, except where it says something: no source, no origin, the fp32 models. All
 * complaints come at once, one sentence each, for the operator's log.
 */
export function parseConfig(variables: Variables): ConfigResult {
  const env = new Environment(variables);
  const origins = env.parsed("ALLOWED_ORIGINS", parseOrigins) ?? [];
  const source = readSources(env);
  const auth = env.choice("AUTH", ["keys", "open"]);
  const config = {
    origins,
    source,
    webhooks: readWebhookPolicy(env),
    inference: readInference(env),
    workingSize: env.whole("WORKING_SIZE", 768, 32, MAX_WORKING_SIZE),
    maxFaces: env.whole("MAX_FACES", 32, 0, 64),
    cacheMaxAgeSeconds: env.whole("CACHE_MAX_AGE", 86_400, 0, 31_536_000),
    uploadTimeout: env.whole("UPLOAD_TIMEOUT", 60, 1, 600) * 1000,
    stylizations: readStylizations(env),
    uploads: readUploads(env),
    presets: readPresets(env),
    auth,
    signing: readSigning(env, auth),
    fallback: readFallback(env, source),
    moderation: readModeration(env),
    telemetry: readTelemetry(env),
    adminSecret: env.secret("ADMIN_SECRET", 32),
  };
  const { complaints } = env;
  return complaints.length > 0 ? { ok: false, complaints } : { ok: true, config };
}

function readPresets(env: Environment): Presets {
  const named = env.parsed("PRESETS", parsePresets);
  const only = env.choice("PRESETS_ONLY", ["no", "yes"]) === "yes";
  if (only && named?.size === 0) env.complain("PRESETS_ONLY needs PRESETS.");
  const presets: Presets = { named: named ?? new Map(), only };
  for (const name of presets.named.keys()) requireUsable(name, presets, env);
  return presets;
}

/** No URL could be answered with another style than there is, nor, where a preset stands alone, with one that lacks something. */
function requireUsable(name: string, presets: Presets, env: Environment): void {
  const style = presets.named.get(name)?.style;
  const served = style === undefined ? undefined : servedStyle(style);
  if (served?.ok === false) env.complain(`PRESETS: "${name}": ${served.detail}`);
  if (!presets.only) return;
  const alone = parseTransform(`preset=${name}`, presets);
  if (!alone.ok) env.complain(`PRESETS: "${name}", which PRESETS_ONLY has stand alone: ${alone.detail}`);
}

function readSigning(env: Environment, auth: Config["auth"]): Signing {
  const parsed = env.parsed("SIGNING_KEYS", parseSigningKeys);
  const required = env.choice("REQUIRE_SIGNATURE", ["auto", "yes", "no"]);
  if (required === "yes" && parsed?.size === 0) env.complain("REQUIRE_SIGNATURE needs SIGNING_KEYS.");
  const keys: Signing["keys"] = parsed ?? new Map();
  const isRequired = required === "yes" || (required === "auto" && (keys.size > 0 || auth === "keys"));
  return { keys, isRequired, takesKeys: required === "auto" };
}
