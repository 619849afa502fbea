import { JSON_TYPE, OipError } from "../contract/oip.ts";
import { Busy } from "./busy.ts";

export const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": JSON_TYPE, ...headers } });

export function wrongMethod(allowed: readonly string[]): Response {
  const allow = allowed.join(", ");
  return json(405, { error: `use ${allow}` }, { allow });
}

/**
 * The protocol's error object. Whoever is told 503 may try again.
 *
 * @returns `isUnexpected` where it belongs in the log, and the client is told nothing
 */
export function answerFor(error: unknown): { answer: Response; isUnexpected: boolean } {
  if (!(error instanceof OipError)) {
    return { answer: json(500, { error: "the engine failed; its log says why" }), isUnexpected: true };
  }
  const { status, message } = error;
  const headers: Record<string, string> =
    error instanceof Busy ? { "retry-after": String(error.retryAfter) } : {};
  return { answer: json(status, { error: message }, headers), isUnexpected: false };
}
