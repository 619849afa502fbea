import { sha256 } from "../../contract/encoding.ts";
import { type Failure, ProblemError } from "../../contract/problem.ts";
import { type Origin, spellSource } from "../../contract/source.ts";
import { roomFor } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import { checkOrigin } from "../source/check-origin.ts";
import { freshness } from "../source/freshness.ts";
import { askOrigin } from "../source/origin.ts";
import { probe } from "../source/probe.ts";
import { parseRecord, type SourceRecord, storedRecord } from "../source/record.ts";
import { parseTags } from "../source/tags.ts";
import { forgetFailure, recallFailure, rememberFailure } from "../storage/failures.ts";
import { board, leadFlight } from "../storage/flight.ts";
import { sourceKey } from "../storage/keys.ts";
import { lastPurge } from "../storage/purges.ts";
import { Recent } from "../storage/recent.ts";
import { forgetRecord, readRecord, recentRecord, rememberRecord, writeRecord } from "../storage/records.ts";
import type { Landing } from "../storage/single-flight.ts";
import { originalOf } from "./original.ts";

/** Which picture a source is now. */
export type Resolved = {
  record: SourceRecord;
  /** When the source, or a tag of it, was purged last. */
  purgedAt: number;
  /** The picture itself, where finding out took it. */
  bytes?: Uint8Array | undefined;
  /** Why the record, which is out of date, could not be renewed. What is stored may still be shown. */
  staleBecause?: Failure | undefined;
  /** The record is out of date, and may still be shown; whoever shows it calls this once it has answered, with what works behind that. */
  renewal?: ((kit: Kit) => Promise<Resolved>) | undefined;
};

/** What a source is asked with, and under which name it is known. */
type Place = { source: Origin; key: string; kit: Kit };

/**
 * Finds a source's record: remembered, stored, or asked of the origin. However many requests ask at once, one of them asks the origin.
 *
 * @throws ProblemError where there is neither an answer nor an old record that may be shown
 */
export async function resolve(source: Origin, kit: Kit): Promise<Resolved> {
  const allowed = checkOrigin(source, kit.origins);
  if (!allowed.ok) throw ProblemError.of(allowed);
  const place = { source, key: await sourceKey(source), kit };
  const remembered = await known(recentRecord(place.key), place);
  if (remembered && isFresh(remembered, kit)) return remembered;
  const stored = await storedAt(place); // what is stored counts: the picture may have been taken away meanwhile
  if (stored && isFresh(stored, kit)) return stored;
  if (stored && !isPurged(stored) && kit.now() < stored.record.revalidateUntil) {
    return { ...stored, renewal: (behind) => renewLater({ ...place, kit: behind }, stored) };
  }
  const failure = await recentFailure(place);
  return failure ? outlive(stored, failure, kit) : renewOnce(place, stored);
}

/** The bytes of a source whose record is known. Where they are no longer those, the record is renewed. */
export async function refetch(source: Origin, kit: Kit): Promise<Resolved & { bytes: Uint8Array }> {
  const place = { source, key: await sourceKey(source), kit };
  const failure = await recentFailure(place);
  if (failure) throw ProblemError.of(failure);
  const { bytes, ...resolved } = await renew(place, undefined);
  if (!bytes) throw new Error("an unconditional request was answered without bytes");
  return { ...resolved, bytes };
}

async function renewOnce(place: Place, old: Resolved | undefined): Promise<Resolved> {
  const { key, kit } = place;
  const flight = await kit.timing.measure("wait", () => board(kit.flights, key), "source");
  if (flight.role === "alone") return renew(place, old);
  if (flight.role === "passenger") return passenger(place, old, flight.landing);
  return leadFlight(flight, kit.waitUntil, async () => {
    const stored = await storedAt(place); // another flight may have landed since
    const resolved = stored && isFresh(stored, kit) ? stored : await renew(place, stored);
    return { result: resolved, landing: landingOf(resolved) };
  });
}

/**
 * Sources that this isolate is just asking about behind an answer, and until when (milliseconds since 1970) nobody else need do that: the
 * runtime cuts off what takes longer, so that nobody would say when it has ended.
 */
const renewing = new Recent<number>(1_000);

/** Milliseconds that work goes on behind an answer (https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil). */
const LONGEST_RENEWAL = 30_000;

async function renewLater(place: Place, old: Resolved): Promise<Resolved> {
  const { key, kit } = place;
  if (kit.now() < (renewing.get(key) ?? 0)) return old;
  renewing.set(key, kit.now() + LONGEST_RENEWAL);
  try {
    return (await recentFailure(place)) ? old : await renewOnce(place, old);
  } finally {
    renewing.delete(key);
  }
}

/** Asks the origin, with the old record's validator unless that was purged. */
async function renew(place: Place, old: Resolved | undefined): Promise<Resolved> {
  const { source, key, kit } = place;
  const askedAt = kit.now();
  const before = old && !isPurged(old) ? old.record : undefined;
  const fetched = await kit.timing.measure("source", () => askOrigin(source, before?.validator, kit.origins));
  if (!fetched.ok) return fail(fetched);
  const { cacheTag, ...cacheHeaders } = fetched.headers;
  const tags = cacheTag === null ? (before?.tags ?? []) : parseTags(cacheTag);
  const dated = { ...freshness(cacheHeaders, kit.now(), kit.config.source.freshness), askedAt, tags };
  if (!fetched.changed) {
    if (!before) throw new Error("an unconditional request was answered as a conditional one");
    return keep({ ...before, ...dated });
  }
  const { bytes, validator } = fetched;
  const probed = probe(bytes);
  if (!probed.ok) return fail(probed);
  const { hasAlpha } = probed;
  const original = originalOf(probed, bytes.length);
  const room = roomFor(probed, bytes.length);
  return keep({ contentHash: await sha256(bytes), hasAlpha, original, room, validator, ...dated }, bytes);

  async function keep(record: SourceRecord, bytes?: Uint8Array): Promise<Resolved> {
    forgetFailure(key);
    await kit.timing.measure("store", () => writeRecord(kit.bucket, key, record), "source");
    return { record, purgedAt: await purgedAt(place, record), bytes };
  }

  /** Once the origin gives no picture any more, no later trouble of its may bring the old one back. */
  async function fail(failure: Failure): Promise<Resolved> {
    await rememberFailure(kit.cache, key, failure, askedAt, kit.config.source.errorSeconds);
    if (!isTrouble(failure)) await forgetRecord(kit.bucket, key);
    return outlive(old, failure, kit);
  }
}

async function passenger(place: Place, old: Resolved | undefined, landing: Landing): Promise<Resolved> {
  if (landing.kind === "failed") return outlive(old, { ...landing, ok: false }, place.kit);
  if (landing.kind === "stored") return (await storedAt(place)) ?? renew(place, old);
  const record = parseRecord(JSON.parse(new TextDecoder().decode(landing.bytes)));
  if (record) rememberRecord(place.key, record);
  return (await known(record, place)) ?? renew(place, old);
}

/** Those who wait are handed the record, which is small: whether it could be stored does not matter to them. */
function landingOf({ record, staleBecause }: Resolved): Landing {
  if (staleBecause) return { kind: "failed", ...staleBecause, retryAfter: staleBecause.retryAfter };
  return { kind: "handed", bytes: new TextEncoder().encode(JSON.stringify(storedRecord(record))) };
}

/** What was made of the old picture, for as long as that may be shown; else the failure. */
function outlive(old: Resolved | undefined, failure: Failure, kit: Kit): Resolved {
  const mayShow = old && isTrouble(failure) && !isPurged(old) && kit.now() < old.record.errorUntil;
  if (!mayShow) throw ProblemError.of(failure);
  return { ...old, staleBecause: failure };
}

/** An origin that is away or in trouble does not take away what was made of its picture; one that refuses the picture does. */
const isTrouble = ({ code }: Failure) =>
  code === "source_unreachable" || code === "source_timeout" || code === "source_status";

/** A failure of the last seconds that no purge has overtaken. */
async function recentFailure(place: Place): Promise<Failure | undefined> {
  const { key, kit } = place;
  const remembered = await recallFailure(kit.cache, key, kit.now());
  return remembered && remembered.at > (await purgedAt(place)) ? remembered.failure : undefined;
}

const storedAt = async (place: Place) => known(await readRecord(place.kit.bucket, place.key), place);

async function known(record: SourceRecord | undefined, place: Place): Promise<Resolved | undefined> {
  return record && { record, purgedAt: await purgedAt(place, record) };
}

/** When the source was purged last, by itself or by a tag. */
function purgedAt({ source, kit }: Place, record?: SourceRecord): Promise<number> {
  const tags = record?.tags.map((name) => ({ kind: "tag" as const, name })) ?? [];
  return lastPurge(kit.bucket, [{ kind: "source", name: spellSource(source) }, ...tags], kit.now());
}

/** A purge of the same millisecond counts: nobody knows which of the two came first. */
const isPurged = ({ record, purgedAt }: Resolved) => record.askedAt <= purgedAt;

const isFresh = (resolved: Resolved, kit: Kit) =>
  kit.now() < resolved.record.freshUntil && !isPurged(resolved);
