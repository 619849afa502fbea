import assert from "node:assert/strict";
import { errorMessage } from "../../src/contract/oip.ts";
import { type Answer, textOf } from "./endpoint.ts";

/** What the Worker takes for "try again later", in src/edge/inference/attempt.ts: wrong for what will never be right. */
const PASSING = [429, 502, 503, 504];

/** That the Worker takes it for a refusal, of which it reads the status. */
export function assertRefused({ status, bytes }: Answer): void {
  assert.ok(status >= 400, `status ${status}, not an error, and ${textOf(bytes)}`);
  assert.ok(!PASSING.includes(status), `status ${status} invites to ask the same again`);
}

/** What `{"error": $string}` says; undefined for another body. */
export function reasonIn({ bytes }: Answer): string | undefined {
  return errorMessage(new TextDecoder().decode(bytes)) ?? undefined;
}

/** OIP: "must be indicated by an HTTP error status (typically 400). The HTTP body must contain" `{"error": $string}`. */
export function assertExplained(answer: Answer): void {
  assert.ok(answer.status >= 400, `status ${answer.status}, not an error, and ${textOf(answer.bytes)}`);
  assert.ok(reasonIn(answer) !== undefined, `no {"error": …} but ${textOf(answer.bytes)}`);
}
