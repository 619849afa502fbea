/** Why an endpoint is asked: it is first in line, one before it failed, the same failed in passing, or one is slow. */
export type Reason = "first" | "failover" | "retry" | "hedge";

/**
 * How an attempt ended: `busy` is a 429 or 503 of a server that lives, `unreachable` no answer at all,
 * `unauthorized` that it wants other credentials, `wrong` an answer that cannot be used,
 * `cancelled` that somebody else was quicker, or the client is gone.
 */
export type Outcome =
  | "answered"
  | "busy"
  | "unreachable"
  | "unauthorized"
  | "timeout"
  | "wrong"
  | "cancelled";

export type Watched = {
  /** That go with the request: `traceparent`. */
  headers: Readonly<Record<string, string>>;
  /** @param told the answer's headers, where there was one */
  end: (outcome: Outcome, told?: Headers) => void;
};

/** Who is told of what happens between the Worker and its endpoints. Never throws. */
export type Observer = {
  /** As an attempt begins. */
  attempt: (told: { endpoint: string; model: string; reason: Reason }) => Watched;
};

export const UNOBSERVED: Observer = { attempt: () => ({ headers: {}, end: () => {} }) };
