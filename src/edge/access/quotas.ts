import type { Bindings } from "../bindings.ts";

/**
 * The monthly quota, as whoever makes pictures sees it: they are reserved before, and settled once it is known how many were made. Both may
 * be repeated, for the same work, without counting twice.
 */

/** @throws ProblemError `quota_exceeded` where the key has not so many left */
export async function reserve(
  _env: Bindings,
  _owner: string,
  _work: string,
  _pictures: number,
): Promise<void> {}

/** Gives back what was reserved and not made. */
export async function settle(_env: Bindings, _owner: string, _work: string, _made: number): Promise<void> {}
