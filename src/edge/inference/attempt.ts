import { errorMessage, HEADER_LENGTH } from "../../contract/oip.ts";
import { ProblemError } from "../../contract/problem.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { decoded, type Read } from "./answer.ts";
import { type Endpoint, type Inference, modelUrl } from "./endpoint.ts";
import type { Ending } from "./health.ts";
import type { Outcome, Reason } from "./observer.ts";
import type { Question, QuestionBody } from "./question.ts";
import { withoutSecrets } from "./secrets.ts";

/** What was asked of one endpoint, which has not answered yet. */
export type Attempt<Answer> = {
  endpoint: Endpoint;
  result: Promise<Ended<Answer>>;
  /** Nobody needs it any more. @param isOvertaken one that was asked later has answered */
  cancel: (isOvertaken: boolean) => void;
};

export type Ended<Answer> = { outcome: "answered"; answer: Answer } | Failure;

export type Failure = {
  outcome: Exclude<Outcome, "answered">;
  /** For the operator's log. */
  cause: unknown;
  /** Seconds after which the endpoint says that it makes sense to try again. */
  retryAfter?: number | undefined;
  /** The connection was lost, which may be chance. */
  isLost?: true;
  /** It is this request that is not taken, as one that is too large: others may be. */
  isRefusal?: true;
};

export type Call<Answer> = {
  question: Question;
  body: QuestionBody;
  endpoint: Endpoint;
  reason: Reason;
  /** Milliseconds. */
  timeout: number;
  read: Read<Answer>;
};

/** Characters of a reason in the log: an endpoint may write what it likes. */
const LONGEST_WHY = 200;

/** Room for the JSON header of an answer, beside its tensors. */
const HEADER_ROOM = 64 * 1024;

/** Milliseconds that are enough to blame an endpoint for not answering. Where others took the time, or there is little for all, it is half to blame. */
const FAIR = 5_000;

/** Answered by what stands before an endpoint that is away, as Cloudflare's 52x: so is whatever other error has not the protocol's form. */
export const isAway = (status: number) =>
  status === 502 || status === 504 || (status >= 520 && status <= 530);

/** Lets nobody in without other credentials: a gateway that wants to know who asks answers 401 or 403, or leads to where one says it. */
export const isClosed = (status: number) =>
  status === 401 || status === 403 || (status >= 300 && status < 400);

/** Of a request that has not the form or the size that is taken. */
const REFUSALS: readonly number[] = [400, 413, 415, 422];

/**
 * Asks one endpoint once, and tells its health and the observer how that ended.
 *
 * @returns whose result rejects where something is broken on our side: where memory ran out
 */
export function attempt<Answer>(call: Call<Answer>, { health, observer }: Inference): Attempt<Answer> {
  const { question, endpoint, reason, timeout } = call;
  const model = question.model(endpoint);
  const visit = health.of(endpoint).enter(model, timeout);
  const watched = observer.attempt({ endpoint: endpoint.name, model, reason });
  const giveUp = new AbortController();
  let because: "timeout" | "cancelled" | undefined;
  let isOvertaken = false;
  const end = (why: "timeout" | "cancelled") => {
    because ??= why;
    giveUp.abort();
  };
  const stopAlarm = health.clock.after(timeout, () => end("timeout"));
  let told: Headers | undefined;
  const run = async (): Promise<Ended<Answer>> => {
    let seen: Ended<Answer> = { outcome: "cancelled", cause: undefined };
    try {
      const ended = await converse(call, model, watched.headers, giveUp.signal, (headers) => {
        told = headers;
      });
      seen = because && ended.outcome === "unreachable" ? { ...ended, outcome: because } : ended;
      return seen;
    } finally {
      stopAlarm();
      visit.end(endingOf(seen, { isOvertaken, isHurried: timeout < Math.min(endpoint.timeout, FAIR) }));
      watched.end(seen.outcome, told);
    }
  };
  const cancel = (isLate: boolean) => {
    isOvertaken = isLate;
    end("cancelled");
  };
  return { endpoint, result: run(), cancel };
}

function endingOf(
  seen: { outcome: "answered" } | Failure,
  { isOvertaken, isHurried }: { isOvertaken: boolean; isHurried: boolean },
): Ending {
  if (seen.outcome === "answered") return seen;
  const { outcome, isRefusal, retryAfter } = seen;
  if (isRefusal) return { outcome: "refused" };
  if (outcome === "cancelled" && isOvertaken) return { outcome: "overtaken", why: "overtaken" };
  if (outcome === "timeout" && isHurried) return { outcome: "hurried", why: "timeout" };
  return { outcome, busyFor: retryAfter === undefined ? undefined : retryAfter * 1000, why: whyOf(seen) };
}

/** "timeout", "unreachable: 502: no error message", "unauthorized: 401: …", "wrong: expected stylized of UINT8 [1,512,384,3], got …". */
function whyOf({ outcome, cause }: Failure): string {
  if (outcome === "timeout") return outcome;
  const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1);
  return `${outcome}: ${line.slice(0, LONGEST_WHY)}`;
}

async function converse<Answer>(
  { question, body, endpoint, timeout, read }: Call<Answer>,
  model: string,
  watched: Readonly<Record<string, string>>,
  signal: AbortSignal,
  tell: (headers: Headers) => void,
): Promise<Ended<Answer>> {
  const { fetch } = endpoint;
  const { values, binaryBytes, jsonBytes } = question.most;
  let response: Response;
  let bytes: Uint8Array | undefined;
  try {
    // Followed, a redirect would take the credentials to wherever it leads.
    response = await fetch(`${modelUrl(model, endpoint)}/infer`, {
      ...{ method: "POST", redirect: "manual", signal },
      headers: { ...endpoint.headers, ...watched, ...body.headers },
      body: body.within(timeout),
    });
    tell(response.headers);
    const valueBytes = response.headers.has(HEADER_LENGTH) ? binaryBytes : jsonBytes;
    bytes = await readBounded(response, valueBytes * values + HEADER_ROOM);
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    return { outcome: "unreachable", cause, isLost: true };
  }
  if (!bytes) return { outcome: "wrong", cause: "the answer is longer than what was asked for" };
  if (response.status !== 200) return refused(response, bytes, endpoint);
  try {
    return { outcome: "answered", answer: read(decoded(bytes, response.headers), endpoint) };
  } catch (error) {
    if (error instanceof ProblemError)
      return { outcome: "wrong", cause: withoutSecrets(String(error.cause), endpoint.headers) };
    throw error;
  }
}

function refused({ status, headers }: Response, body: Uint8Array, endpoint: Endpoint): Failure {
  const message = errorMessage(new TextDecoder().decode(body));
  // It may repeat what it was sent, and this is for the log.
  const told = message === null ? "no error message" : withoutSecrets(message, endpoint.headers);
  const cause = `${status}: ${told}`;
  if (status === 429 || status === 503) {
    const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
    const retryAfter = seconds >= 1 && seconds <= 600 ? Math.ceil(seconds) : undefined;
    return { outcome: "busy", cause, retryAfter };
  }
  if (isClosed(status)) return { outcome: "unauthorized", cause };
  if (isAway(status) || (status >= 500 && message === null)) return { outcome: "unreachable", cause };
  return { outcome: "wrong", cause, ...(REFUSALS.includes(status) && { isRefusal: true }) };
}
