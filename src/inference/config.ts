import { availableParallelism } from "node:os";
import { resolve } from "node:path";

export type LogLevel = "debug" | "info" | "warn" | "error";

export type Config = {
  host: string;
  port: number;
  /** Whoever asks for a drawing must have it; null: anybody may. */
  endpointKey: string | null;
  modelsDir: string;
  /** null: every model in the folder. */
  models: string[] | null;
  /** Runs at once, of all models. */
  concurrency: number;
  /** Threads of one run. */
  threads: number;
  /** Requests that may wait, of all models. */
  queueSize: number;
  /** How long one may wait under overload, in runs; 0: as long as it takes. */
  queueTarget: number;
  maxBodyBytes: number;
  maxPixels: number;
  /** Seconds that requests have to end after SIGTERM; a run that is under way then still ends. */
  shutdownTimeout: number;
  logLevel: LogLevel;
  /** Where spans go, an OTLP/HTTP receiver's base URL; null: nowhere. */
  otlpEndpoint: string | null;
};

/** A variable with a value that makes no sense; the message is one sentence that names it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** Reads the environment; an empty variable counts as not set, but for a key: who sets one means to let nobody else in. Throws ConfigurationError. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const text = (name: string, fallback: string): string => env[name]?.trim() || fallback;
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const value = text(name, String(fallback));
    if (/^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    throw new ConfigurationError(`${name} must be a whole number from ${least} to ${most}, not "${value}".`);
  };
  const decimal = (name: string, fallback: number, least: number, most: number): number => {
    const value = text(name, String(fallback));
    if (/^\d{1,9}(\.\d{1,9})?$/.test(value) && Number(value) >= least && Number(value) <= most)
      return Number(value);
    throw new ConfigurationError(`${name} must be a number from ${least} to ${most}, not "${value}".`);
  };
  const url = (name: string): string | null => {
    const value = text(name, "");
    if (value === "") return null;
    const protocol = URL.canParse(value) ? new URL(value).protocol : "";
    if (protocol === "http:" || protocol === "https:") return value;
    throw new ConfigurationError(`${name} must be an http or https URL, not "${value}".`);
  };
  const key = (name: string): string | null => {
    const value = env[name]?.trim();
    if (value === "") throw new ConfigurationError(`${name} is set, and empty: anybody might draw.`);
    return value ?? null;
  };
  const logLevel = text("LOG_LEVEL", "info");
  if (!isLevel(logLevel)) {
    throw new ConfigurationError(`LOG_LEVEL must be one of ${LEVELS.join(", ")}, not "${logLevel}".`);
  }
  return {
    host: text("INFERENCE_HOST", "127.0.0.1"),
    port: whole("INFERENCE_PORT", 8788, 0, 65535),
    endpointKey: key("ENDPOINT_KEY"),
    modelsDir: resolve(text("MODELS_DIR", "models")),
    models: list(text("MODELS", "")),
    concurrency: whole("INFERENCE_CONCURRENCY", 1, 1, 64),
    threads: whole("INFERENCE_THREADS", availableParallelism(), 1, 256),
    queueSize: whole("QUEUE_SIZE", 16, 0, 10_000),
    queueTarget: decimal("QUEUE_TARGET", 1.5, 0, 1000),
    // 4,194,304 pixels as UINT8 RGB are 12 MiB; the rest is for the JSON header, or for smaller pictures as JSON.
    maxBodyBytes: whole("MAX_BODY_BYTES", 16 * 1024 * 1024, 1024, 1024 * 1024 * 1024),
    maxPixels: whole("MAX_PIXELS", 4_194_304, 1, 268_435_456),
    shutdownTimeout: whole("SHUTDOWN_TIMEOUT", 30, 0, 3600),
    logLevel,
    otlpEndpoint: url("OTEL_EXPORTER_OTLP_ENDPOINT"),
  };
}

function list(value: string): string[] | null {
  const names = value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.length === 0 ? null : [...new Set(names)];
}

function isLevel(value: string): value is LogLevel {
  return (LEVELS as readonly string[]).includes(value);
}
