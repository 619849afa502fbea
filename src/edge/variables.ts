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
  | "SOURCE_TTL"
  | "SOURCE_TIMEOUT"
  | "UPLOAD_TIMEOUT"
  | "INFERENCE_TIMEOUT";
