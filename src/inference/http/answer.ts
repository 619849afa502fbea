import type { ServerResponse } from "node:http";
import { JSON_TYPE, OipError, type OipStatus } from "../../contract/oip.ts";
import { Refusal } from "../queue/refusal.ts";

export type Answer = { status: number; headers: Record<string, string>; body: Uint8Array | string };

export function json(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": JSON_TYPE }, body: JSON.stringify(value) };
}

/** The protocol's error object. Whoever is told 503 may try again, after so many seconds. */
function errorAnswer(status: OipStatus, message: string, retryAfter = 1): Answer {
  const answer = json(status, { error: message });
  if (status !== 503) return answer;
  return { ...answer, headers: { ...answer.headers, "retry-after": String(retryAfter) } };
}

export function wrongMethod(allowed: readonly string[]): Answer {
  const allow = allowed.join(", ");
  const answer = errorAnswer(405, `use ${allow}`);
  return { ...answer, headers: { ...answer.headers, allow } };
}

export function unauthorized(): Answer {
  const answer = errorAnswer(401, "a key is needed");
  return { ...answer, headers: { ...answer.headers, "www-authenticate": "Bearer" } };
}

/** What to tell a client of an error; `unexpected` ones tell nothing and belong in the log. */
export function answerFor(error: unknown): { answer: Answer; unexpected: boolean } {
  if (error instanceof OipError) {
    const retryAfter = error instanceof Refusal ? error.retryAfter : undefined;
    return { answer: errorAnswer(error.status, error.message, retryAfter), unexpected: false };
  }
  return { answer: errorAnswer(500, "the server failed; its log says why"), unexpected: true };
}

/**
 * Resolves when the answer has been handed to the network, or the client has gone; to false where it is cut off since
 * nothing was read for `patience` milliseconds.
 */
export function send(
  response: ServerResponse,
  { status, headers, body }: Answer,
  { last, patience }: { last: boolean; patience: number },
): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve(true);
    let isRead = true;
    response.once("close", () => resolve(isRead));
    response.setTimeout(patience, () => {
      isRead = false;
      response.destroy();
    });
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    const connection = last ? { connection: "close" } : {};
    response.writeHead(status, { ...headers, ...connection, "content-length": String(length) });
    response.end(body);
  });
}
