import type { Bindings } from "../bindings.ts";
import { reached } from "../reached.ts";
import { RING, type TokenSecret } from "./key-ring.ts";

/** How long an isolate goes by what it knows, and how long it waits until it asks again for a name that it does not. */
const KNOWN_MS = 300_000;
const RETRY_MS = 10_000;

type Known = { secrets: readonly TokenSecret[]; at: number };

/** By the binding, which lives as long as the isolate. */
const known = new WeakMap<Bindings["KEY_RING"], Known>();

/** What new tokens are signed with. */
export async function signingSecret(env: Bindings, now: number): Promise<TokenSecret> {
  const [newest] = (await secrets(env, now, KNOWN_MS)).secrets;
  if (!newest) throw new Error("The ring has no secret.");
  return newest;
}

/**
 * The secret of this name. One that is not known may be new: it is asked for, but no more often than every ten seconds, since anybody can write
 * a name into a token.
 */
export async function secretNamed(
  kid: string | undefined,
  env: Bindings,
  now: number,
): Promise<TokenSecret | undefined> {
  if (kid === undefined) return undefined;
  const find = ({ secrets }: Known) => secrets.find((secret) => secret.kid === kid);
  return find(await secrets(env, now, KNOWN_MS)) ?? find(await secrets(env, now, RETRY_MS));
}

/** @param longest milliseconds since they were asked for */
async function secrets(env: Bindings, now: number, longest: number): Promise<Known> {
  const before = known.get(env.KEY_RING);
  if (before && now - before.at < longest && now >= before.at) return before;
  const asked = {
    secrets: await reached(
      "keys",
      async (): Promise<TokenSecret[]> => env.KEY_RING.getByName(RING).tokenSecrets(),
    ),
    at: now,
  };
  known.set(env.KEY_RING, asked);
  return asked;
}
