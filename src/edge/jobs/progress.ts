import { PROGRESS, type Progress } from "../../contract/api/stylizations.ts";
import type { Step } from "../timing.ts";

/** Of an output's steps those that are worth telling: what means something to a user, and is not what they were told last. */
export function progress(tell: (step: Progress) => void): (step: Step) => void {
  let last: Progress | undefined;
  return (step) => {
    if (!isTold(step) || step === last) return;
    last = step;
    tell(step);
  };
}

const isTold = (step: Step): step is Step & Progress => (PROGRESS as readonly string[]).includes(step);
