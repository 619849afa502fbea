import { type Tracing, UNTRACED } from "./tracing.ts";

/** Spans for an OTLP/HTTP receiver, or none without an endpoint: then OpenTelemetry is not even loaded. */
export async function openTracing(endpoint: string | null, version: string): Promise<Tracing> {
  if (endpoint === null) return UNTRACED;
  const { openTelemetry } = await import("./opentelemetry.ts");
  return openTelemetry(endpoint, version);
}
