import { currentActivity } from "./activity.ts";

/** One line of JSON, with what it takes to find the trace and the request that it belongs to. Never what docs/privacy.md keeps out of logs. */
export function log(level: "info" | "warn" | "error", event: string, told: object): void {
  const activity = currentActivity();
  const ids = activity && {
    trace_id: activity.span.spanContext().traceId,
    request_id: activity.requestId,
  };
  console[level](JSON.stringify({ event, ...told, ...ids }));
}
