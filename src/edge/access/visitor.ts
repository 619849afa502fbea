import type { Context } from "hono";
import type { App } from "../bindings.ts";
import { settle } from "../keys/quotas.ts";
import { identify, requireScopes } from "./identify.ts";
import type { Principal } from "./principal.ts";

/** Who asks for a picture by its URL, with a key or a token in place of a signature. */
export type Visitor = {
  principal: Principal;
  /** To be told once, when it is known whether a picture was answered: it was taken from the month before. */
  leave: (pictures: 0 | 1) => void;
};

/**
 * Takes the request, and a picture for GET, from the quotas of who asks.
 *
 * @throws ProblemError
 */
export async function receive(c: Context<App>): Promise<Visitor> {
  const work = c.req.method === "HEAD" ? undefined : `image:${crypto.randomUUID()}`;
  const principal = await identify(c, work);
  const leave = (pictures: 0 | 1) => {
    if (work !== undefined) c.executionCtx.waitUntil(left(principal, work, pictures, c));
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
    console.error(JSON.stringify({ event: "uncounted", owner: principal.owner, reason: String(error) }));
  }
}
