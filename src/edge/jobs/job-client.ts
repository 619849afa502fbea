import type { Bindings } from "../bindings.ts";
import { reached } from "../reached.ts";
import type { Creation, Seen } from "./answers.ts";
import type { JobRequest } from "./state.ts";

/** A stylization's object, as a request speaks to it. */
export type JobClient = {
  find: (fingerprint: string) => Promise<Creation | undefined>;
  create: (request: JobRequest, isDrawn: boolean) => Promise<Creation>;
  read: () => Promise<Seen | undefined>;
  wait: (milliseconds: number) => Promise<Seen | undefined>;
  events: (last: number | undefined) => Promise<ReadableStream<Uint8Array> | "over" | "full" | undefined>;
  remove: () => Promise<Seen | "deleted" | undefined>;
};

/** Whatever goes wrong on the way to it goes wrong with what it stores: each call throws ProblemError storage_unavailable. */
export function jobClient({ JOBS }: Pick<Bindings, "JOBS">, id: string): JobClient {
  const ask = <Answer>(work: (job: ReturnType<typeof JOBS.getByName>) => Promise<Answer>) =>
    reached("stylizations", () => work(JOBS.getByName(id)));
  return {
    find: (fingerprint) => ask(async (job) => await job.find(fingerprint)),
    create: (request, isDrawn) => ask(async (job) => await job.create(request, isDrawn)),
    read: () => ask(async (job) => await job.read()),
    wait: (milliseconds) => ask(async (job) => await job.wait(milliseconds)),
    events: (last) => ask(async (job) => await job.events(last)),
    remove: () => ask(async (job) => await job.remove()),
  };
}
