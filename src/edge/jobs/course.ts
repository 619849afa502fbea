/**
 * What happens to a stylization, each thing as a function from what it was to what it is. Nothing here knows the clock, the storage or a
 * queue. Times in milliseconds since 1970.
 */
import { isWorthTrying, MOST_LOSSES, pauseAfter } from "./retries.ts";
import {
  dueOf,
  isOver,
  type JobRequest,
  type JobState,
  type OutputState,
  type Picture,
  type Trouble,
} from "./state.ts";

/** How long whoever draws may be silent. It renews four times as often: a lost renewal costs nothing. */
export const LEASE_TIME = 20_000;

/** After which the queue is told again of work that nobody has claimed: doubled each time, since a backlog is no reason for more messages. */
const FIRST_WAKE = 30_000;
const LONGEST_WAKE = 600_000;

/** How long it may wait for somebody who draws, besides its deadline: others may have sent more than is drawn in a while, which is no fault of this one. */
export const LONGEST_WAIT = 24 * 3_600_000;

/** As it is before anybody has agreed to it. */
export function begun({ outputs, terms, ...request }: JobRequest, work: string, now: number): JobState {
  return {
    ...request,
    outputs: outputs.map((request) => ({ request, status: "queued", attempts: 0, losses: 0 })),
    work,
    isAccepted: false,
    status: "queued",
    createdAt: now,
    expiresAt: now + terms.ttl,
    deadline: terms.deadline,
    answeredAt: now + terms.wait,
    notBefore: now,
    wakeAt: now,
    wakes: 0,
    spare: [],
    isUntold: false,
  };
}

/** From then on nothing is tried again. It comes a while after the first try: what waits for that has not failed. */
export const deadlineOf = ({ startedAt, deadline }: JobState): number =>
  startedAt === undefined ? Number.POSITIVE_INFINITY : startedAt + deadline;

/** From then on it waits for nobody. */
export const endOf = ({ createdAt, expiresAt, deadline }: JobState): number =>
  Math.min(expiresAt, createdAt + LONGEST_WAIT + deadline);

/** Whether somebody may draw now. */
export const isClaimable = (job: JobState, now: number): boolean =>
  job.isAccepted && !isOver(job) && now >= job.notBefore && !isLeased(job, now);

export const isLeased = ({ lease }: JobState, now: number): boolean =>
  lease !== undefined && now < lease.until;

export const isHeld = (job: JobState, ticket: string): boolean =>
  !isOver(job) && job.lease?.ticket === ticket;

export function claimed(job: JobState, ticket: string, now: number): JobState {
  return {
    ...job,
    status: "running",
    startedAt: job.startedAt ?? now,
    lease: { ticket, until: now + LEASE_TIME },
    wakes: 0,
  };
}

export const renewed = (job: JobState, now: number): JobState =>
  job.lease ? { ...job, lease: { ...job.lease, until: now + LEASE_TIME } } : job;

/** @param pictureId of the picture to be */
export function drawing(job: JobState, index: number, pictureId: string, now: number): JobState {
  const started = withOutput(renewed(job, now), index, { status: "running" });
  const lease = started.lease && { ...started.lease, output: index, isAsking: false };
  return { ...started, lease, spare: [...started.spare, pictureId] };
}

/** What is drawn next is of this picture. */
export const pinned = (job: JobState, contentHash: string): JobState => ({
  ...job,
  contentHash,
  ...(job.lease && { lease: { ...job.lease, isAsking: true } }),
});

export function succeeded(job: JobState, index: number, picture: Picture, now: number): JobState {
  const spare = job.spare.filter((id) => id !== picture.id);
  const made = { status: "succeeded", picture, trouble: undefined } as const;
  return ended({ ...withOutput(renewed(job, now), index, made), spare }, now);
}

/**
 * An output that could not be made: for good, or for now. In the latter case the whole stylization pauses, since what is in the way of one
 * picture is in the way of the next.
 *
 * @param random 0 to 1
 */
export function failed(
  job: JobState,
  index: number,
  trouble: Trouble,
  now: number,
  random: number,
): JobState {
  const attempts = (job.outputs[index]?.attempts ?? 0) + 1;
  const deadline = deadlineOf(job);
  const isFinal = now >= deadline || !isWorthTrying(trouble, attempts);
  if (isFinal)
    return ended(withOutput(renewed(job, now), index, { status: "failed", attempts, trouble }), now);
  const at = Math.min(deadline, now + pauseAfter(trouble, attempts, random));
  return { ...withOutput(job, index, { status: "queued", attempts, trouble }), ...pausedUntil(at) };
}

/** Whoever drew has fallen silent. */
export function lost(job: JobState, now: number): JobState {
  const [first = 0] = dueOf(job);
  const index = dueOf(job).find((due) => due === job.lease?.output) ?? first; // between two outputs, it is the next one's
  const losses = (job.outputs[index]?.losses ?? 0) + 1;
  const trouble = { code: "internal", detail: "Whoever drew it fell silent, time and again." } as const;
  const isFinal = losses >= MOST_LOSSES;
  const told = withOutput(
    job,
    index,
    isFinal ? { status: "failed", losses, trouble } : { status: "queued", losses },
  );
  return ended({ ...told, ...pausedUntil(now) }, now);
}

const pausedUntil = (at: number) => ({ lease: undefined, notBefore: at, wakeAt: at, wakes: 0 });

/** It has waited for too long: what is not drawn yet will not be. */
export function overdue(job: JobState, now: number): JobState {
  const trouble: Trouble = {
    code: "inference_unavailable",
    detail: "Nobody came to draw it in all the time that there was.",
  };
  const outputs = job.outputs.map((output) =>
    isOver(output) ? output : { ...output, status: "failed" as const, trouble: output.trouble ?? trouble },
  );
  return ended({ ...job, outputs, lease: undefined }, now);
}

/** What the network is asked for is spent: else whoever cancels in time would have it drawn for nothing, time and again. */
export function canceled(job: JobState, now: number): JobState {
  const { output: current, isAsking } = job.lease ?? {};
  const outputs = job.outputs.map((output, index) =>
    isOver(output)
      ? output
      : {
          ...output,
          status: "canceled" as const,
          trouble: undefined,
          isSpent: isAsking && index === current,
        },
  );
  return over({ ...job, outputs }, "canceled", now);
}

/** The queue was told. */
export const woken = (job: JobState, now: number): JobState => ({
  ...job,
  wakes: job.wakes + 1,
  wakeAt: now + Math.min(LONGEST_WAKE, FIRST_WAKE * 2 ** job.wakes),
});

/** When something is to be done about it next, whoever draws or not. */
export function nextTime(job: JobState): number {
  if (isOver(job)) return job.expiresAt;
  if (job.lease) return job.lease.until;
  return Math.min(Math.max(job.wakeAt, job.notBefore), endOf(job));
}

/** Over, where no output is left. */
function ended(job: JobState, now: number): JobState {
  if (dueOf(job).length > 0) return job;
  return over(job, job.outputs.some(({ status }) => status === "failed") ? "failed" : "succeeded", now);
}

const over = (job: JobState, status: JobState["status"], now: number): JobState => ({
  ...job,
  status,
  finishedAt: now,
  lease: undefined,
  isUntold: job.webhook !== undefined,
});

function withOutput(job: JobState, index: number, change: Partial<OutputState>): JobState {
  return {
    ...job,
    outputs: job.outputs.map((output, at) => (at === index ? { ...output, ...change } : output)),
  };
}
