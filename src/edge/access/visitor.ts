import type { Context } from "hono";
import type { App } from "../bindings.ts";
import { settle } from "../keys/quotas.ts";
import { identify, requireScopes } from "./identify.ts";
import type { Principal } from "./principal.ts";
import { logUncounted } from "./uncounted.ts";

/** Who asks for a picture by its URL, with a key or a token in place of a signature. */
export type Visitor = {
  principal: Principal;
  /** To be told once, when it is known whether a picture was answered: it was taken from the month before. */
  leave: (pictures: 0 | 1) => void;
};

/**
 * A request waits for others' flights, then makes its own. Whose client goes away may be ended without another word: what it took from the
 * month is given back after the time that it can have lasted.
 */
const MOST_FLIGHTS = 2;

/**
 * Takes the request, and a picture for GET, from the quotas of who asks.
 *
 * @param longest milliseconds that a flight may take
 * @throws ProblemError
 */
export async function receive(c: Context<App>, longest: number): Promise<Visitor> {
  const name = `image:${crypto.randomUUID()}`;
  const work = { name, pictures: 1, until: Date.now() + MOST_FLIGHTS * longest };
  const isHead = c.req.method === "HEAD";
  const principal = await identify(c, isHead ? undefined : work);
  const leave = (pictures: 0 | 1) => {
    if (!isHead) c.executionCtx.waitUntil(left(principal, name, pictures, c));
  };
  try {
    requireScopes(principal, ["transform"], c);
  } catch (error) {
    leave(0);
    throw error;
  }
  return { principal, leave };
}

/** The answer is out by then: what cannot be counted now lapses, and counts nothing. */
async function left(principal: Principal, work: string, pictures: 0 | 1, c: Context<App>): Promise<void> {
  try {
    await settle(c.env, principal.owner, work, pictures);
  } catch (error) {
    logUncounted(principal.owner, error);
  }
}
