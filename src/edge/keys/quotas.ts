import { ProblemError } from "../../contract/problem.ts";
import type { Bindings } from "../bindings.ts";
import { reached } from "../reached.ts";

/**
 * The monthly quota, as whoever makes pictures sees it: they are reserved before, and settled once it is known how many were made. Both may
 * be repeated, for the same work, without counting twice; one that is settled is over, and its name is not used again. A reservation that is
 * not settled within a day lapses; what was made counts all the same, to the month in which it was reserved.
 */

/** @throws ProblemError `quota_exceeded` where the key has not so many left */
export async function reserve(env: Bindings, owner: string, work: string, pictures: number): Promise<void> {
  const { isReserved, retryAfter } = await reached("keys", async () =>
    env.API_KEYS.getByName(owner).reserve(work, pictures),
  );
  if (!isReserved) throw quotaExceeded(retryAfter);
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
