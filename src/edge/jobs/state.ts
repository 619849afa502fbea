import type { Output, OutputRequest, Status, Stylization } from "../../contract/api/stylizations.ts";
import { isoTime } from "../../contract/encoding.ts";
import { type Failure, problemBody } from "../../contract/problem.ts";
import type { Holder } from "../access/principal.ts";

/** Why something could not be made, as it is kept. */
export type Trouble = Omit<Failure, "ok">;

/** A picture that is stored; its `id` is all that it takes to see it. */
export type Picture = {
  id: string;
  contentType: string;
  bytes: number;
  /** Of a picture; what is known of one has no size. */
  width?: number | undefined;
  height?: number | undefined;
  sha256: string;
  faces?: number | undefined;
};

export type OutputState = {
  request: OutputRequest;
  status: Status;
  /** How often it was tried in vain. */
  attempts: number;
  /** How often whoever drew it fell silent. */
  losses: number;
  /** The last one. */
  trouble?: Trouble | undefined;
  picture?: Picture | undefined;
  /** It was canceled while the network was at it: it counts as if it had been made. */
  isSpent?: boolean | undefined;
};

/** Who draws just now. A lease: whoever is silent until it ends has lost it, and nobody takes a report with an old ticket. */
export type Lease = {
  ticket: string;
  until: number;
  /** What is being drawn. */
  output?: number | undefined;
  /** The source of that is there, and the network is what is asked next. */
  isAsking?: boolean | undefined;
};

/** What a stylization is asked for with: everything that a caller may say, and what the service adds. */
export type JobRequest = Holder & {
  id: string;
  /** Its id is that of an Idempotency-Key: another request may come by the same. */
  hasIdempotencyKey: boolean;
  /** Of the request; the same for equal ones. */
  fingerprint: string;
  source: string;
  outputs: readonly OutputRequest[];
  webhook?: string | undefined;
  labels?: Record<string, string> | undefined;
  /** Of the request for it: whoever draws it goes on with its trace. */
  traceparent?: string | undefined;
  /** Milliseconds from now. */
  terms: {
    /** Until it is deleted. */
    ttl: number;
    /** From the first try, for which passing trouble is no reason to give up. */
    deadline: number;
    /** That whoever asks waits for the end. */
    wait: number;
  };
};

/** One stylization as its Durable Object keeps it. Times in milliseconds since 1970. */
export type JobState = Omit<JobRequest, "outputs" | "terms"> & {
  outputs: OutputState[];
  /** The name of its reservation: another one where the same Idempotency-Key is used again once this has expired. */
  work: string;
  /** False while it is not sure that it may be made: nobody has been told of it. */
  isAccepted: boolean;
  status: Status;
  createdAt: number;
  startedAt?: number | undefined;
  finishedAt?: number | undefined;
  expiresAt: number;
  /** Milliseconds after the first try in which it is tried again. */
  deadline: number;
  /** Until then, whoever made it waits for its end. */
  answeredAt: number;
  /** Of the source, once that is known: all outputs are of the same picture. */
  contentHash?: string | undefined;
  lease?: Lease | undefined;
  /** Nobody may draw before. */
  notBefore: number;
  /** When the queue is to be told, or told again, that there is work. */
  wakeAt: number;
  /** How often it was told since something happened. */
  wakes: number;
  /** Ids that pictures may have been stored under which are nobody's. */
  spare: string[];
  /** Its webhook is still to be handed over. */
  isUntold: boolean;
};

export const isOver = ({ status }: { status: Status }): boolean =>
  status === "succeeded" || status === "failed" || status === "canceled";

export const madeOf = ({ outputs }: JobState): number =>
  outputs.filter(({ status }) => status === "succeeded").length;

/** What the quota counts. */
export const countedOf = ({ outputs }: JobState): number =>
  outputs.filter(({ status, isSpent }) => status === "succeeded" || isSpent).length;

/** Which outputs are still to be drawn. */
export const dueOf = ({ outputs }: JobState): number[] =>
  outputs.flatMap((output, index) => (isOver(output) ? [] : [index]));

/** As the API tells of it. */
export function stylizationOf(job: JobState): Stylization {
  const { id, status, source, webhook, user, labels, startedAt, finishedAt } = job;
  return {
    id,
    status,
    source,
    outputs: job.outputs.map(outputOf),
    ...(webhook !== undefined && { webhook }),
    ...(user !== undefined && { user }),
    ...(labels !== undefined && { labels }),
    createdAt: isoTime(job.createdAt),
    ...(startedAt !== undefined && { startedAt: isoTime(startedAt) }),
    ...(finishedAt !== undefined && { finishedAt: isoTime(finishedAt) }),
    expiresAt: isoTime(job.expiresAt),
  };
}

export function outputOf({ request, status, picture, trouble }: OutputState, index: number): Output {
  const output: Output = { index, status, request };
  if (status === "failed" && trouble) output.error = problemBody(trouble.code, trouble.detail);
  if (!picture) return output;
  const { contentType, bytes, width, height, sha256, faces } = picture;
  return {
    ...output,
    url: `/v1/pictures/${picture.id}`,
    contentType,
    bytes,
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    sha256,
    ...(faces !== undefined && { faces }),
  };
}
