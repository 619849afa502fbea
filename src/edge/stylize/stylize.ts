import { type ProblemCode, ProblemError } from "../../contract/problem.ts";
import { spellSource } from "../../contract/source.ts";
import { asProblem } from "../as-problem.ts";
import type { Pixels } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import { probe } from "../source/probe.ts";
import type { Original } from "../source/record.ts";
import { recallFailure, rememberFailure } from "../storage/failures.ts";
import { board, leadFlight } from "../storage/flight.ts";
import type { Failed, Landing } from "../storage/single-flight.ts";
import { compose } from "./compose.ts";
import { describe } from "./describe.ts";
import { drawMaster, findMaster, masterFile, photoOf, readMaster, storeMaster } from "./master.ts";
import { moderate, requireNotRefused } from "./moderate.ts";
import { type Order, withBytes } from "./order.ts";
import { originalOf } from "./original.ts";
import { findVariant, storeVariant, type Variant } from "./variant.ts";

export type Stylized = { order: Order; variant: Variant };

/** A master for an order; the photo too, where making the one took the other. */
type Drawn = { order: Order; master: Pixels; photo?: Pixels | undefined };

/**
 * Fills an order: from the stored variant, else from the stored master, else by the network. The order that comes back differs from the
 * one given where the picture at its URL changed meanwhile.
 *
 * @throws what asProblem tells
 */
export async function stylize(order: Order, kit: Kit): Promise<Stylized> {
  const { timing } = kit;
  const stored = await findVariant(order, kit);
  if (stored) {
    timing.cached = "hit";
    return { order, variant: stored };
  }
  const master = await findMaster(order.masterKey, kit);
  if (master) {
    timing.cached = "master";
    return finish({ order, master }, kit);
  }
  if (order.staleBecause) throw ProblemError.of(order.staleBecause);
  return finish(await drawOnce(order, kit), kit);
}

async function finish(drawn: Drawn, kit: Kit): Promise<Stylized> {
  const { order: known, master, photo: made } = drawn;
  if (known.format === "json") return tell(drawn, kit);
  const isBlended = known.transform.strength < 1;
  const order = isBlended && !made ? await withBytes(known, kit) : known;
  if (order.masterKey !== known.masterKey) return stylize(order, kit);
  const photo = isBlended ? (made ?? (await photoOf(order, kit))) : undefined;
  const bytes = await compose(master, photo, order, known.format, kit.timing);
  return { order, variant: storeVariant(order, bytes, kit) };
}

async function tell({ order: known, master }: Drawn, kit: Kit): Promise<Stylized> {
  if (known.record.original) return told(known, known.record.original, master, kit);
  const order = await withBytes(known, kit); // an old record's
  if (order.masterKey !== known.masterKey) return stylize(order, kit);
  const bytes = order.bytes.take();
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  return told(order, originalOf(probed, bytes.length), master, kit);
}

function told(order: Order, original: Original, master: Pixels, kit: Kit): Stylized {
  const bytes = describe(master, original, order);
  return { order, variant: storeVariant(order, bytes, kit) };
}

/** Flights that may fail through other people's sources before a request no longer waits for any. */
const FLIGHTS = 3;

/** Has the network draw the master, unless another request is just having that done: then waits for it. */
async function drawOnce(order: Order, kit: Kit, flights = FLIGHTS): Promise<Drawn> {
  if (flights === 0) return (await drawAndStore(order, kit)).drawn;
  const flight = await kit.timing.measure("wait", () => board(kit.flights, order.masterKey));
  if (flight.role === "leader") {
    return leadFlight(flight, kit.waitUntil, () => lead(order, kit), spellSource(order.source));
  }
  if (flight.role === "alone") return (await drawAndStore(order, kit)).drawn;
  const { landing } = flight;
  if (landing.kind === "failed" && isOthers(landing, order)) return drawOnce(order, kit, flights - 1);
  const master = await landedMaster(landing, order, kit);
  if (!master) return (await drawAndStore(order, kit)).drawn;
  kit.timing.cached = "master";
  return { order, master };
}

/** The service's own trouble, and what is thought of the content: all passengers'. Anything else may be the leader's source's alone. */
const EVERYBODYS: readonly ProblemCode[] = [
  "inference_failed",
  "inference_unavailable",
  "inference_timeout",
  "overloaded",
  "picture_refused",
  "moderation_unavailable",
];

const isOthers = ({ code, source }: Failed, order: Order) =>
  !EVERYBODYS.includes(code) && source !== spellSource(order.source);

async function lead(order: Order, kit: Kit): Promise<{ result: Drawn; landing: Landing | Promise<Landing> }> {
  const stored = await findMaster(order.masterKey, kit); // another flight may have landed since
  if (stored) {
    kit.timing.cached = "master";
    return { result: { order, master: stored }, landing: { kind: "stored" } };
  }
  const { drawn, file, storing } = await drawAndStore(order, kit);
  // A picture that changed is stored under its own name; those who wait for the old one do not find it, and look again.
  const isSame = drawn.order.masterKey === order.masterKey;
  const landing = storing.then(
    (isStored): Landing => (isStored || !isSame ? { kind: "stored" } : { kind: "handed", bytes: file }),
  );
  return { result: drawn, landing };
}

/** The storing goes on after the answer. */
async function drawAndStore(order: Order, kit: Kit) {
  const drawn = await draw(order, kit);
  const file = await kit.timing.measure("store", () => masterFile(drawn.master));
  const storing = storeMaster(drawn.order.masterKey, file, kit);
  kit.waitUntil(storing);
  return { drawn, file, storing };
}

async function draw(order: Order, kit: Kit): Promise<Drawn> {
  await requireNotRefused(order, kit);
  const broken = await recallFailure(kit.cache, order.masterKey, kit.now());
  if (broken) throw ProblemError.of(broken.failure);
  const current = await withBytes(order, kit);
  const photo = await photoOf(current, kit).catch((error) => rememberBroken(error, current, kit));
  await moderate(photo, current, kit);
  return { order: current, master: await drawMaster(photo, order.style, kit), photo };
}

/** Bytes that cannot be drawn cannot be drawn a second later either: their origin is spared, and the decoder. */
async function rememberBroken(error: unknown, { masterKey }: Order, kit: Kit): Promise<never> {
  const { code, detail } = asProblem(error);
  if (code === "corrupt_picture" || code === "picture_too_small") {
    const failure = { ok: false, code, detail } as const;
    await rememberFailure(kit.cache, masterKey, failure, kit.now(), kit.config.source.errorSeconds);
  }
  throw error;
}

async function landedMaster(landing: Landing, order: Order, kit: Kit): Promise<Pixels | undefined> {
  switch (landing.kind) {
    case "stored":
      return findMaster(order.masterKey, kit);
    case "handed":
      return readMaster(landing.bytes, kit);
    case "failed": {
      const { code, detail, retryAfter } = landing;
      throw new ProblemError(code, detail, { retryAfter });
    }
  }
}
