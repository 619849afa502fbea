/** What a stylization's Durable Object answers. */
import type { OutputRequest, Stylization } from "../../contract/api/stylizations.ts";
import type { Holder } from "../access/principal.ts";
import type { Limits } from "../keys/limits.ts";
import { deadlineOf } from "./course.ts";
import { dueOf, isOver, type JobState, stylizationOf, type Trouble } from "./state.ts";

/** A stylization, for whoever still has to say who may see it. */
export type Seen = Holder & {
  stylization: Stylization;
  isOver: boolean;
  /** Seconds after which it is worth asking again. */
  retryAfter: number;
};

export type Creation =
  /** `limits`: what is left, with its pictures taken. */
  | ({ kind: "created"; limits: Limits; claim?: Claim } & Seen)
  /** It was there already. `isAwaited`: whoever made it is still waiting for the answer. */
  | ({ kind: "there"; isAwaited: boolean } & Seen)
  /** Its Idempotency-Key stands for another request, or one whose stylization was deleted. */
  | { kind: "mismatch"; isDeleted: boolean }
  | { kind: "refused"; trouble: Trouble };

/** What there is to draw, and the ticket for it. */
export type Claim = {
  job: string;
  ticket: string;
  source: string;
  expiresAt: number;
  /** Milliseconds since 1970 from which on nothing is tried again. */
  deadline: number;
  /** Of the request for it. */
  traceparent?: string | undefined;
  outputs: { index: number; request: OutputRequest }[];
};

/** `changed`: the source is another picture by now than the one that was drawn. `lost`: the ticket holds no longer. */
export type Pinned = "same" | "changed" | "lost";

export function claimOf(job: JobState, ticket: string): Claim {
  const { id, source, expiresAt, traceparent } = job;
  const outputs = dueOf(job).flatMap((index) => {
    const output = job.outputs[index];
    return output ? [{ index, request: output.request }] : [];
  });
  return { job: id, ticket, source, expiresAt, deadline: deadlineOf(job), traceparent, outputs };
}

export const seen = (job: JobState, now: number): Seen => ({
  owner: job.owner,
  user: job.user,
  stylization: stylizationOf(job),
  isOver: isOver(job),
  retryAfter: Math.min(60, Math.max(1, Math.ceil((job.notBefore - now) / 1000))),
});
