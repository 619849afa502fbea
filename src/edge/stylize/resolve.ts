import { type Failure, ProblemError } from "../../contract/problem.ts";
import type { Kit } from "../kit.ts";
import { guardedFetch } from "../source/guarded-fetch.ts";
import { probe } from "../source/probe.ts";
import { freshUntil, parseRecord, type SourceRecord, storedRecord } from "../source/record.ts";
import { checkSource } from "../source/source-policy.ts";
import { board, leadFlight } from "../storage/flight.ts";
import { sha256, sourceKey } from "../storage/keys.ts";
import { forgetRecord, readRecord, recentRecord, writeRecord } from "../storage/records.ts";
import type { Landing } from "../storage/single-flight.ts";

/** Which picture a URL is now. */
export type Resolved = {
  record: SourceRecord;
  /** The picture itself, where finding out took it. */
  bytes?: Uint8Array | undefined;
  /** Why the record, which is out of date, could not be renewed. What is stored may still be shown. */
  staleBecause?: Failure | undefined;
};

/**
 * Finds a URL's record: remembered, stored, or asked of the origin. However many requests ask at once, one of them asks the origin.
 *
 * @throws ProblemError where there is neither an answer nor an old record
 */
export async function resolveUrl(url: URL, kit: Kit): Promise<Resolved> {
  const allowed = checkSource(url, kit.config.sources);
  if (!allowed.ok) throw ProblemError.of(allowed);
  const key = await sourceKey(url);
  const remembered = recentRecord(key);
  if (remembered && isFresh(remembered, kit)) return { record: remembered };
  const known = await readRecord(kit.bucket, key); // what is stored counts: the picture may have been taken away meanwhile
  if (known && isFresh(known, kit)) return { record: known };

  const flight = await kit.timing.measure("wait", () => board(kit.flights, key));
  if (flight.role === "alone") return renew(url, key, known, kit);
  if (flight.role === "passenger") return passenger(url, key, known, flight.landing, kit);
  return leadFlight(flight, kit.waitUntil, async () => {
    const stored = await readRecord(kit.bucket, key); // another flight may have landed since
    const isDone = stored && isFresh(stored, kit);
    const resolved = isDone ? { record: stored } : await renew(url, key, stored, kit);
    return { result: resolved, landing: landingOf(resolved) };
  });
}

/** The bytes of a URL whose record is known. Where they are no longer those, the record is renewed. */
export async function refetch(url: URL, kit: Kit): Promise<{ record: SourceRecord; bytes: Uint8Array }> {
  const { record, bytes } = await renew(url, await sourceKey(url), undefined, kit);
  if (!bytes) throw new Error("an unconditional request was answered without bytes");
  return { record, bytes };
}

async function renew(url: URL, key: string, old: SourceRecord | undefined, kit: Kit): Promise<Resolved> {
  const fetched = await kit.timing.measure("source", () => guardedFetch(url, old?.validator, kit.origin));
  if (!fetched.ok) {
    if (!canOutlive(fetched)) return takeAway(fetched);
    if (old) return { record: old, staleBecause: fetched };
    throw ProblemError.of(fetched);
  }
  const until = freshUntil(fetched.cacheControl, kit.now(), kit.config.source.ttlSeconds);
  if (!fetched.changed) {
    if (!old) throw new Error("an unconditional request was answered as a conditional one");
    return { record: await keep({ ...old, freshUntil: until }) };
  }
  const { bytes, validator } = fetched;
  const probed = probe(bytes);
  if (!probed.ok) return takeAway(probed);
  const contentHash = await sha256(bytes);
  const record = { contentHash, hasAlpha: probed.hasAlpha, freshUntil: until, validator };
  return { record: await keep(record), bytes };

  /** Once the origin gives no picture any more, no later trouble of its may bring the old one back. */
  async function takeAway(failure: Failure): Promise<never> {
    await forgetRecord(kit.bucket, key);
    throw ProblemError.of(failure);
  }

  async function keep(record: SourceRecord): Promise<SourceRecord> {
    await kit.timing.measure("store", () => writeRecord(kit.bucket, key, record));
    return record;
  }
}

async function passenger(
  url: URL,
  key: string,
  known: SourceRecord | undefined,
  landing: Landing,
  kit: Kit,
): Promise<Resolved> {
  if (landing.kind === "failed") {
    const failure: Failure = { ok: false, code: landing.code, detail: landing.detail };
    if (known && canOutlive(failure)) return { record: known, staleBecause: failure };
    throw ProblemError.of(failure);
  }
  const record =
    landing.kind === "handed"
      ? parseRecord(JSON.parse(new TextDecoder().decode(landing.bytes)))
      : await readRecord(kit.bucket, key);
  return record ? { record } : renew(url, key, known, kit);
}

/** Those who wait are handed the record, which is small: whether it could be stored does not matter to them. */
function landingOf({ record, staleBecause }: Resolved): Landing {
  if (staleBecause) return { kind: "failed", ...staleBecause, retryAfter: undefined };
  return { kind: "handed", bytes: new TextEncoder().encode(JSON.stringify(storedRecord(record))) };
}

const isFresh = (record: SourceRecord, kit: Kit) => kit.now() < record.freshUntil;

/** An origin that is away or in trouble does not take away what was made of its picture; one that refuses the picture does. */
const canOutlive = ({ code }: Failure) =>
  code === "source_unreachable" || code === "source_timeout" || code === "source_status";
