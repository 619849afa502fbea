import { OipError, type Priority } from "../../contract/oip.ts";

/**
 * `full`: no place was left. `evicted`: its place went to an interactive one. `overload`: it waited for longer than the
 * target. `timeout`: it waited for longer than its own timeout; `hopeless`: it would have,
 * or its answer would have come later than that.
 */
export type Reason = "full" | "evicted" | "overload" | "timeout" | "hopeless";

const MESSAGES: Record<Reason, string> = {
  full: "the queue is full",
  evicted: "the queue is full, and interactive requests come first",
  overload: "more is asked for than this server can do",
  timeout: "the request waited in the queue for longer than its timeout",
  hopeless: "the request would be answered later than its timeout",
};

/** 503, with the seconds after which it is worth trying again. */
export class Refusal extends OipError {
  readonly reason: Reason;
  /** null where the body, which would have said so, has not been read. */
  readonly priority: Priority | null;
  readonly retryAfter: number;

  constructor(reason: Reason, priority: Priority | null, retryAfter: number) {
    super(503, MESSAGES[reason]);
    this.reason = reason;
    this.priority = priority;
    this.retryAfter = retryAfter;
  }
}
