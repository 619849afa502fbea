import { ProblemError } from "../../contract/problem.ts";
import type { Bindings } from "../bindings.ts";
import { reached } from "../reached.ts";
import type { Reserved } from "./api-key.ts";
import type { Limits } from "./limits.ts";
import type { Work } from "./usage-ledger.ts";

/**
 * The monthly quota, as whoever makes pictures sees it: they are reserved before, and settled once it is known how many were made. Both may
 * be repeated, for the same work, without counting twice; one that is settled is over, and its name is not used again. A reservation that is
 * not settled by the time that it names lapses; what was made counts all the same, to the month in which it was reserved.
 */

/**
 * @returns what is left then
 * @throws ProblemError `quota_exceeded` where the key has not so many left, `too_much_under_way` where it has too many at once
 */
export async function reserve(env: Bindings, owner: string, work: Work): Promise<Limits> {
  const reserved = await reached(
    "keys",
    async (): Promise<Reserved> => env.API_KEYS.getByName(owner).reserve(work),
  );
  switch (reserved.kind) {
    case "reserved":
      return reserved.limits;
    case "exhausted":
      throw quotaExceeded(reserved.retryAfter);
    case "crowded":
      throw crowded(reserved.open);
  }
}

/** Gives back what was reserved and not made. */
export async function settle(env: Bindings, owner: string, work: string, made: number): Promise<void> {
  await reached("keys", async () => env.API_KEYS.getByName(owner).settle(work, made));
}

/** For the key's usage: an upload that is stored. The same one twice counts once. */
export async function countUpload(env: Bindings, owner: string, id: string, bytes: number): Promise<void> {
  await reached("keys", async () => env.API_KEYS.getByName(owner).countUpload(id, bytes));
}

/** @param retryAfter seconds until the month is over */
export const quotaExceeded = (retryAfter: number | undefined) =>
  new ProblemError("quota_exceeded", "The month has not so many pictures left.", { retryAfter });

/** Seconds after which some of it may have ended. */
const CROWDED_RETRY = 30;

export const crowded = (open: number) =>
  new ProblemError("too_much_under_way", `The key may have ${open} pictures under way at once.`, {
    retryAfter: CROWDED_RETRY,
  });
