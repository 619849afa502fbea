import type { Progress } from "../../contract/api/stylizations.ts";
import type { Bindings } from "../bindings.ts";
import { log } from "../telemetry/log.ts";
import type { Claim, Pinned } from "./answers.ts";
import type { JobObject } from "./object.ts";
import type { Picture, Trouble } from "./state.ts";

/** Whoever draws, as they speak to the stylization's object: with their ticket. */
export type Artist = {
  renew: () => void;
  begin: (index: number) => Promise<string | undefined>;
  pin: (contentHash: string) => Promise<Pinned>;
  succeed: (index: number, picture: Picture) => Promise<boolean>;
  fail: (index: number, trouble: Trouble) => Promise<boolean>;
  step: (index: number, step: Progress) => void;
};

/** An object that was moved, or lost its storage for a moment, is there again at once; each call may be repeated. */
const ATTEMPTS = 3;

export function artistOf({ job, ticket }: Claim, jobs: Bindings["JOBS"]): Artist {
  const stub = () => jobs.getByName(job);
  const tell = async <Answer>(
    what: (stub: DurableObjectStub<JobObject>) => Promise<Answer>,
  ): Promise<Answer> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await what(stub()); // a stub is of no use once a call has failed
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        log("warn", "job_unreachable", { job, attempt, error: String(error) });
      }
    }
  };
  /** What may be lost. */
  const mention = (what: (stub: DurableObjectStub<JobObject>) => Promise<unknown>) =>
    void what(stub()).catch(() => {});
  return {
    renew: () => mention((stub) => stub.renew(ticket)),
    begin: (index) => tell((stub) => stub.begin(ticket, index)),
    pin: (contentHash) => tell((stub) => stub.pin(ticket, contentHash)),
    succeed: (index, picture) => tell((stub) => stub.succeed(ticket, index, picture)),
    fail: (index, trouble) => tell((stub) => stub.fail(ticket, index, trouble)),
    step: (index, step) => mention((stub) => stub.step(ticket, index, step)),
  };
}
