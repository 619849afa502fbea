import { ProblemError } from "../../contract/problem.ts";
import { asProblem } from "../as-problem.ts";
import type { Matte, Pixels } from "../image/index.ts";
import type { Inference } from "../inference/endpoint.ts";
import type { Kit } from "../kit.ts";
import { probe } from "../source/probe.ts";
import type { Original } from "../source/record.ts";
import type { Failed, Landing } from "../storage/single-flight.ts";
import { log } from "../telemetry/log.ts";
import { atEdge, isChainAway, isEndpointsTrouble } from "./at-edge.ts";
import { matteOf, needsMatte, requireSomebody } from "./backdrop.ts";
import { compose, planOf } from "./compose.ts";
import { describe } from "./describe.ts";
import { type Drawn, drawOnce } from "./draw.ts";
import { composeLarge, type Large } from "./enlarged.ts";
import { areHeadsAway } from "./faceless.ts";
import { withLargeHeads } from "./large-heads.ts";
import { findMaster, type Master, photoOf } from "./master.ts";
import { once } from "./once.ts";
import { type Order, withBytes, withoutFaces } from "./order.ts";
import { originalOf } from "./original.ts";
import { readPhoto } from "./photo.ts";
import { findVariant, storeVariant, type Variant } from "./variant.ts";

export type Stylized = { order: Order; variant: Variant };

/**
 * Fills an order: from the stored variant, else from the stored master, else by the network, else by the small one at the edge. The order that
 * comes back differs from the one given where the picture at its URL changed meanwhile, no heads could be drawn, or the edge has drawn.
 *
 * @throws what asProblem tells
 */
export async function stylize(order: Order, kit: Kit): Promise<Stylized> {
  const { edge } = kit;
  if (!edge) return fill(order, kit);
  try {
    return await fill(order, kit);
  } catch (error) {
    if (!isEndpointsTrouble(error)) throw error;
    return fillAtEdge(order, edge, kit, error);
  }
}

/** @param trouble with the endpoints, which is told where the edge cannot draw either */
async function fillAtEdge(order: Order, edge: Inference, kit: Kit, trouble: unknown): Promise<Stylized> {
  const there = await atEdge(order, edge, kit);
  try {
    return await fill(there.order, there.kit);
  } catch (error) {
    const { code, cause } = asProblem(error);
    // What is drawn smaller there may be too narrow for the network, where the endpoints' would have drawn it.
    if (!isEndpointsTrouble(error) && code !== "picture_too_small") throw error;
    log("warn", "edge_failed", { code, reason: String(cause) });
    throw trouble;
  }
}

async function fill(order: Order, kit: Kit): Promise<Stylized> {
  const stored = await findStored(order, kit);
  return stored ?? (takesPhoto(order) ? makeOnce(order, kit) : make(order, kit));
}

async function findStored(order: Order, kit: Kit): Promise<Stylized | undefined> {
  const variant = await findVariant(order, kit);
  if (!variant) return undefined;
  kit.timing.cached = "hit";
  return { order, variant };
}

/** Such a variant may take the source's bytes, which no storage keeps: one request asks the origin for all. */
const takesPhoto = (order: Order) => needsMatte(order) || showsPhoto(order) || showsDetail(order);

const showsPhoto = ({ transform, format }: Order) =>
  (transform.strength < 1 || transform.backdrop === "keep") && format !== "json";

const showsDetail = ({ isLarge, format }: Order) => isLarge && format !== "json";

function makeOnce(order: Order, kit: Kit): Promise<Stylized> {
  const lead = async () => {
    const result = await findOrMake(order, kit); // another flight may have landed since
    return { result, landing: landingOf(result, order) };
  };
  const take = async (landing: Exclude<Landing, Failed>) => {
    const taken = landing.isFaceless ? await withoutFaces(order, kit) : order;
    if (landing.kind === "stored") return findStored(taken, kit);
    const { bytes, faces } = landing;
    return { order: taken, variant: { body: bytes, length: bytes.byteLength, faces } };
  };
  return once<Stylized>(
    { kind: "master", key: order.variantKey, lead, take, alone: () => make(order, kit) },
    order,
    kit,
  );
}

/** A picture that changed is stored under its own name: those who wait for the old one do not find it, and look again. */
async function landingOf({ order: made, variant }: Stylized, order: Order): Promise<Landing> {
  const { body, storing, faces } = variant;
  const { isFaceless } = made;
  const isSame = made.record.contentHash === order.record.contentHash;
  const isHanded = !(await storing) && body instanceof Uint8Array && isSame;
  return isHanded ? { kind: "handed", bytes: body, faces, isFaceless } : { kind: "stored", isFaceless };
}

const findOrMake = async (order: Order, kit: Kit): Promise<Stylized> =>
  (await findStored(order, kit)) ?? make(order, kit);

async function make(order: Order, kit: Kit): Promise<Stylized> {
  if (isPhotoAlone(order)) {
    const { order: current, photo } = await readPhoto(order, kit);
    return finish({ order: current, master: { picture: photo, faces: undefined }, photo }, kit);
  }
  const master = await findMaster(order.masterKey, kit);
  if (master) {
    kit.timing.cached = "master";
    return finish({ order, master }, kit);
  }
  if (order.staleBecause) throw ProblemError.of(order.staleBecause);
  if (isChainAway(order, kit)) throw away(); // before the source is asked for, which the edge is to have
  if (order.maxFaces > 0 && areHeadsAway(order, kit)) return fill(await withoutFaces(order, kit), kit);
  return finish(await drawOnce(order, kit), kit);
}

const away = () => new ProblemError("inference_unavailable", "No inference endpoint may be asked now.");

/** At strength 0 there is nothing to draw, unless the drawing is to say where to cut. */
const isPhotoAlone = ({ transform, format }: Order) =>
  transform.strength === 0 && format !== "json" && typeof transform.gravity !== "string";

async function finish(drawn: Drawn, kit: Kit): Promise<Stylized> {
  const { order: given, master, photo: drawnFrom } = drawn;
  const matted = needsMatte(given) ? await (drawn.matted ?? matteOf(given, drawnFrom, kit)) : undefined;
  const isOther = matted && matted.order.matteKey !== given.matteKey;
  if (isOther) return findOrMake(matted.order, kit);
  const matte = matted?.matte;
  if (matte) requireSomebody(given, matte);
  const { format } = given;
  if (format === "json") return tell(drawn, matte, kit);
  const first = matted?.order.bytes.isFull ? { ...given, bytes: matted.order.bytes } : given;
  const shown = planOf(master, first);
  const { enlarged } = shown;
  if (enlarged) return finishLarge(master, matte, { ...shown, enlarged }, first, kit);
  const made = drawnFrom ?? matted?.photo;
  const order = showsPhoto(first) && !made ? await withBytes(first, kit) : first;
  if (order.variantKey !== first.variantKey) return findOrMake(order, kit);
  const photo = showsPhoto(order) ? (made ?? (await photoOf(order, kit))) : undefined;
  const bytes = await compose(master, photo, order, format, kit.timing, matte);
  return { order, variant: storeVariant(order, bytes, master.faces?.length, kit) };
}

async function finishLarge(
  master: Master,
  matte: Matte | undefined,
  shown: Large,
  known: Order,
  kit: Kit,
): Promise<Stylized> {
  const large = matte ? { order: known, master } : await withLargeHeads(master, known, kit);
  const order = await withBytes(large.order, kit);
  const { format } = order;
  if (order.variantKey !== known.variantKey || format === "json") return findOrMake(order, kit);
  const fixed = { ...order, transform: { ...order.transform, gravity: shown.gravity } }; // which was looked for in the first drawing
  const { enlarged, ...plan } = planOf(large.master, fixed);
  const bytes = enlarged
    ? await composeLarge(large.master, matte, { ...plan, enlarged }, order, format, kit.timing)
    : await compose(large.master, await photoBeside(large.master, order, kit), fixed, format, kit.timing);
  return { order, variant: storeVariant(order, bytes, master.faces?.length, kit) };
}

/** The photo at the size of a drawing, where it is shown. */
function photoBeside(
  { picture: { width, height } }: Master,
  order: Order,
  kit: Kit,
): Promise<Pixels> | undefined {
  return showsPhoto(order) ? photoOf({ ...order, workingSize: Math.max(width, height) }, kit) : undefined;
}

async function tell({ order: known, master }: Drawn, matte: Matte | undefined, kit: Kit): Promise<Stylized> {
  if (known.record.original) return told(known, known.record.original, master, matte, kit);
  const order = await withBytes(known, kit); // an old record's
  if (order.variantKey !== known.variantKey) return findOrMake(order, kit);
  const bytes = order.bytes.take();
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  return told(order, originalOf(probed, bytes.length), master, matte, kit);
}

function told(
  order: Order,
  original: Original,
  master: Master,
  matte: Matte | undefined,
  kit: Kit,
): Stylized {
  const bytes = describe(master, original, order, matte);
  return { order, variant: storeVariant(order, bytes, master.faces?.length, kit) };
}
