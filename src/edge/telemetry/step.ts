import { trace } from "@opentelemetry/api";
import { currentScope, within } from "./activity.ts";
import { isFlagged } from "./begin.ts";
import { codeOf, fail } from "./failure.ts";
import { tracer } from "./tracer.ts";

/** Does a step of the activity as a span of its own, below the one that it is done in. @param object what it is about, in a word */
export async function inStep<Result>(
  step: string,
  work: () => Promise<Result>,
  object?: string,
): Promise<Result> {
  const scope = currentScope();
  // The flag holds when the activity has ended, too: what is done behind the answer.
  if (!scope || !isFlagged(scope.activity.span.spanContext().traceFlags)) return work();
  const span = tracer.startSpan(
    step,
    object === undefined ? {} : { attributes: { "stylegate.object": object } },
    scope.context,
  );
  try {
    return await within({ ...scope, context: trace.setSpan(scope.context, span) }, work);
  } catch (error) {
    fail(span, codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}
