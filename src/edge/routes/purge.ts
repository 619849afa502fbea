import type { Context } from "hono";
import { isoTime } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { type Purge, parsePurge } from "../../contract/purge.ts";
import { spellSource } from "../../contract/source.ts";
import type { App } from "../bindings.ts";
import { readBounded } from "../bounded-body.ts";
import { isOutOfMemory } from "../out-of-memory.ts";
import { markPurged, PURGE_DELAY_SECONDS, type Purgeable } from "../storage/purges.ts";
import { log } from "../telemetry/log.ts";
import { NO_STORE } from "./no-store.ts";

/** Room for a hundred of the longest sources. */
const MAX_BODY_BYTES = 512 * 1024;

/** POST `/v1/purge`: whatever was made of the named is made anew when it is next asked for. */
export async function purge(c: Context<App>): Promise<Response> {
  const bytes = await readBody(c.req.raw, c.var.config.uploadTimeout);
  const parsed = parsePurge(new TextDecoder().decode(bytes));
  if (!parsed.ok) throw ProblemError.of(parsed);
  const now = Date.now();
  const subjects = subjectsOf(parsed.purge);
  await markPurged(c.env.PICTURES, subjects, now);
  const { sources, styles, tags } = parsed.purge;
  // Sources are counted only: their URLs may hold what is nobody else's business.
  log("info", "purged", { sources: sources.length, styles, tags });
  const body = {
    purged: subjects.length,
    at: isoTime(now),
    everywhereWithin: PURGE_DELAY_SECONDS,
  };
  return c.json(body, 200, NO_STORE);
}

/** @param timeout milliseconds */
async function readBody(request: Request, timeout: number): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readBounded(request, MAX_BODY_BYTES, AbortSignal.timeout(timeout));
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw new ProblemError("invalid_purge", "The body did not arrive in time, or broke off.", { cause });
  }
  if (bytes) return bytes;
  throw new ProblemError("invalid_purge", `The body has more than ${MAX_BODY_BYTES} bytes.`);
}

/** Each once: a key of R2 takes one write a second. */
function subjectsOf({ sources, styles, tags }: Purge): Purgeable[] {
  const names = { source: sources.map(spellSource), style: styles, tag: tags };
  return (["source", "style", "tag"] as const).flatMap((kind) =>
    [...new Set(names[kind])].map((name) => ({ kind, name })),
  );
}
