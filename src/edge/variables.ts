/** The Worker's variables, as text; docs/configuration.md describes them. */
export type Variables = { [Name in VariableName]?: string | undefined };

export type VariableName =
  | "INFERENCE_URL"
  | "MODEL_SUFFIX"
  | "ALLOWED_SOURCES"
  | "ALLOWED_ORIGINS"
  | "PRESETS"
  | "PRESETS_ONLY"
  | "REQUIRE_SIGNATURE"
  | "SIGNING_KEYS"
  | "WORKING_SIZE"
  | "CACHE_MAX_AGE"
  | "SOURCE_BUCKETS"
  | "SOURCE_TTL"
  | "SOURCE_MIN_TTL"
  | "SOURCE_MAX_TTL"
  | "SOURCE_STALE_WHILE_REVALIDATE"
  | "SOURCE_STALE_IF_ERROR"
  | "SOURCE_ERROR_TTL"
  | "SOURCE_TIMEOUT"
  | "UPLOAD_TIMEOUT"
  | "MODERATION_URL"
  | "MODERATION_TIMEOUT"
  | "MODERATION_FAILURE"
  | "MODERATION_SECRET"
  | "ADMIN_SECRET"
  | "INFERENCE_TIMEOUT";
