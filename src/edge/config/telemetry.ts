import type { Parsed } from "../../contract/parsed.ts";
import type { Environment } from "./environment.ts";

/** Where traces are sent, by OTLP over HTTP. */
export type OtlpConfig = { url: string; headers: Readonly<Record<string, string>> };

export type TelemetryConfig = {
  /** Undefined: nothing is recorded. */
  otlp: OtlpConfig | undefined;
  /** Of the requests whose spans are sent, 0 to 1. */
  sampleRate: number;
  /** Whether the sampled flag of a caller's `traceparent` decides instead. */
  trustsCallers: boolean;
  /** Which requests have a line in the log. */
  logs: "failed" | "all" | "none";
};

export function readTelemetry(env: Environment): TelemetryConfig {
  const base = env.parsed("OTEL_EXPORTER_OTLP_ENDPOINT", parseEndpoint);
  const headers = env.parsed("OTEL_EXPORTER_OTLP_HEADERS", parseHeaders);
  return {
    otlp: base === undefined ? undefined : { url: `${base}/v1/traces`, headers: headers ?? {} },
    sampleRate: env.fraction("TRACE_SAMPLE_RATE", 0.01),
    trustsCallers: env.choice("TRACE_CALLERS", ["counted", "trusted"]) === "trusted",
    logs: env.choice("LOG_REQUESTS", ["failed", "all", "none"]),
  };
}

/** The base that `/v1/traces` is appended to: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
function parseEndpoint(text: string): Parsed<string | undefined> {
  if (text === "") return { ok: true, value: undefined };
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "" || url.username !== "")
    return { ok: false, complaint: "must be an http or https URL without query or credentials." };
  return { ok: true, value: url.href.replace(/\/+$/, "") };
}

/** `name=value` separated by commas, values percent-encoded: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables */
function parseHeaders(text: string): Parsed<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",").filter((pair) => pair.trim() !== "")) {
    const [, name = "", value = ""] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=(.*)$/.exec(pair) ?? [];
    const decoded = decode(value.trim());
    if (name === "" || decoded === undefined || !/^[ -~]*$/.test(decoded))
      return { ok: false, complaint: "must be name=value, separated by commas, in visible ASCII." };
    headers[name] = decoded;
  }
  return { ok: true, value: headers };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
