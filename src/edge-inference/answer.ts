import { JSON_TYPE, OipError } from "../contract/oip.ts";

export const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": JSON_TYPE, ...headers } });

export function wrongMethod(allowed: readonly string[]): Response {
  const allow = allowed.join(", ");
  return json(405, { error: `use ${allow}` }, { allow });
}

/**
 * The protocol's error object. Whoever is told 503 may try again: the wait is a second, in which a picture or two are drawn.
 *
 * @returns `isUnexpected` where it belongs in the log, and the client is told nothing
 */
export function answerFor(error: unknown): { answer: Response; isUnexpected: boolean } {
  if (!(error instanceof OipError)) {
    return { answer: json(500, { error: "the engine failed; its log says why" }), isUnexpected: true };
  }
  const { status, message } = error;
  const headers: Record<string, string> = status === 503 ? { "retry-after": "1" } : {};
  return { answer: json(status, { error: message }, headers), isUnexpected: false };
}
