import { type Span, SpanStatusCode } from "@opentelemetry/api";
import { ProblemError } from "../../contract/problem.ts";

/** What is told of an error: its own words may name what is private. */
export const codeOf = (error: unknown): string => (error instanceof ProblemError ? error.code : "internal");

/** @param type the kind of error, as `error.type` of OpenTelemetry's semantic conventions */
export function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
