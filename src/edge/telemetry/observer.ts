import { SpanKind, trace } from "@opentelemetry/api";
import { type Observer, type Outcome, UNOBSERVED } from "../inference/observer.ts";
import { currentScope } from "./activity.ts";
import { fail } from "./failure.ts";
import { log } from "./log.ts";
import { readServerTiming } from "./server-timing.ts";
import { headersFor, tracer } from "./tracer.ts";

/**
 * Makes of each attempt a client span, below whatever step it is made in, which the endpoint can carry on; a line in the log where it failed;
 * and a data point. The span names the endpoint, not its URL, and says what the endpoint's own `Server-Timing` does.
 */
export const OBSERVER: Observer = {
  attempt: (told) => {
    const { endpoint, model, reason } = told;
    const scope = currentScope();
    if (!scope) return UNOBSERVED.attempt(told);
    const { activity, context } = scope;
    const attributes = {
      "stylegate.endpoint": endpoint,
      "stylegate.model": model,
      "stylegate.reason": reason,
      "stylegate.priority": activity.priority,
    };
    const span = tracer.startSpan(`infer ${model}`, { kind: SpanKind.CLIENT, attributes }, context);
    const start = performance.now();
    return {
      headers: headersFor(trace.setSpan(context, span)),
      end: (outcome, answer) => {
        const duration = performance.now() - start;
        const { queue, compute } = timesOf(answer);
        activity.attempts++;
        activity.queue += queue ?? 0;
        activity.compute += compute ?? 0;
        span.setAttribute("stylegate.outcome", outcome);
        if (queue !== undefined) span.setAttribute("stylegate.queue_ms", queue);
        if (compute !== undefined) span.setAttribute("stylegate.compute_ms", compute);
        if (isFailure(outcome)) {
          fail(span, outcome);
          log("warn", "attempt", { endpoint, model, reason, outcome, duration_ms: Math.round(duration) });
        }
        span.end();
        activity.events?.attempt({
          ...{ endpoint, model, reason, outcome, duration, priority: activity.priority },
          queue: queue ?? 0,
          compute: compute ?? 0,
        });
      },
    };
  },
};

const isFailure = (outcome: Outcome) => outcome !== "answered" && outcome !== "cancelled";

/** What the endpoint says that the request waited there, and what the network took. */
function timesOf(told: Headers | undefined): { queue: number | undefined; compute: number | undefined } {
  const metrics = readServerTiming(told?.get("Server-Timing") ?? null);
  return { queue: metrics.get("queue")?.milliseconds, compute: metrics.get("compute")?.milliseconds };
}
