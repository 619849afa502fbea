import { type Failure, ProblemError } from "../../contract/problem.ts";
import { type Source, spellSource } from "../../contract/source.ts";
import type { Style } from "../../contract/style.ts";
import {
  type AnswerFormat,
  groundOf,
  MAX_OUTPUT_PIXELS,
  pixelsAsked,
  type Transform,
} from "../../contract/transform.ts";
import type { Size } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import type { SourceRecord } from "../source/record.ts";
import { masterKey, matteKey, variantKey } from "../storage/keys.ts";
import { lastPurge } from "../storage/purges.ts";
import { findUpload, readUpload } from "../storage/uploads.ts";
import { negotiate } from "./format.ts";
import { Handover } from "./handover.ts";
import { type Resolved, refetch, resolve } from "./resolve.ts";
import {
  type Extent,
  extentOf,
  isEnlarging,
  largestDrawn,
  limitedFrom,
  longSideShown,
  pixelsOf,
  roomOf,
} from "./size.ts";

/** What a client asks for. */
export type Wish = {
  transform: Transform;
  style: Style;
  source: Source;
  accept: string | null;
  /** Milliseconds since 1970 after which nobody may keep the answer; Infinity where it is the same to us. */
  expires: number;
  /** It is for the frame alone in place of a wish for heads too, which could not be looked for or drawn. */
  isFaceless?: true;
  /** It is for what the edge's own engine draws in place of an endpoint. */
  engine?: "edge";
  /** How often the picture at the URL has been another one than was known, while this was made. */
  changes?: number;
};

/** An origin that gives another picture each time is not followed any further. */
const MOST_CHANGES = 2;

/** A wish for a picture that is known: it has names in the storage, whether anything is stored or not. */
export type Order = Wish & {
  record: SourceRecord;
  format: AnswerFormat;
  /** The upright source, and as far as it can be shown; undefined where the master is all that is known of its size. */
  extent: Extent | undefined;
  /** Pixels that the format has room for. */
  room: number;
  /** What the answer's size would be if there were memory for it. */
  limitedFrom: Size | undefined;
  /** Pixels of the longer side at which the network draws. */
  workingSize: number;
  /** What is asked for is larger than that: it takes the source's own detail. */
  isLarge: boolean;
  masterKey: string;
  /** Of who is in the picture. */
  matteKey: string;
  variantKey: string;
  /** Heads that are to be drawn by themselves at most; 0: none is looked for. */
  maxFaces: number;
  /** When the source, the style or a tag was purged last, in milliseconds since 1970. */
  purgedAt: number;
  /** Full where the source's bytes are at hand. */
  bytes: Handover;
  /** The origin's failure to say whether the picture is still the same. */
  staleBecause?: Failure | undefined;
  /** The picture may no longer be the same; asks whether it is, for whoever shows this one meanwhile. */
  renewal?: Resolved["renewal"];
};

/** @throws ProblemError where the source may not be used or cannot be found */
export async function placeOrder(wish: Wish, kit: Kit): Promise<Order> {
  return orderOf(wish, await find(wish.source, kit), kit);
}

/** The order for a picture as it is known now. @throws ProblemError where no format has room for it */
export async function orderOf(wish: Wish, resolved: Resolved, kit: Kit): Promise<Order> {
  const { record, bytes, staleBecause, renewal } = resolved;
  const { transform, style, accept } = wish;
  const isFilled = groundOf(transform)?.[3] === 255;
  const hasAlpha = (record.hasAlpha || isSeeThrough(transform)) && !isFilled;
  const isTransparent = hasAlpha || (transform.fit === "pad" && !isFilled); // whose bars are
  const extent = extentOf(record, kit.config.workingSize, transform.backdrop !== "stylize"); // people are told from their ground there
  const [asked, shown] = [pixelsAsked(transform), pixelsOf(isTransparent ? undefined : extent, transform)];
  const hasRoom = (format: AnswerFormat) => shown <= roomOf(format, isTransparent);
  const format = negotiate(transform.format, accept, hasAlpha, hasRoom, asked === 0);
  const room = roomOf(format, isTransparent);
  if (asked > room) throw tooLargeFor(format, isTransparent);
  if (asked > MAX_OUTPUT_PIXELS && isEnlarging(extent, transform, room))
    throw wouldEnlarge(extent, transform);
  const longSide = extent ? longSideShown(extent, transform, room) : 0;
  const isLarge = longSide > kit.config.workingSize;
  const workingSize = workingSizeOf(wish, extent, longSide, kit);
  const subjects = [
    { kind: "style", name: style.id },
    { kind: "content", name: record.contentHash },
  ] as const;
  const purgedAt = Math.max(resolved.purgedAt, await lastPurge(kit.bucket, subjects, kit.now()));
  const maxFaces = transform.faces === "none" ? 0 : kit.config.maxFaces;
  const placed = { ...wish, record, format, extent, workingSize, maxFaces, purgedAt };
  return {
    ...placed,
    ...(await keysOf(placed, kit)),
    room,
    limitedFrom: extent && limitedFrom(extent, transform, room),
    isLarge,
    bytes: new Handover(bytes),
    staleBecause,
    renewal,
  };
}

/**
 * The same order with the frame alone for a drawing, which another order for just that may have had stored already: nothing that lacks its
 * heads is kept under the name of one that has them.
 */
export async function withoutFaces(order: Order, kit: Kit): Promise<Order> {
  const changed = { ...order, transform: { ...order.transform, faces: "none" as const }, maxFaces: 0 };
  return { ...changed, ...(await keysOf(changed, kit)), isFaceless: true };
}

type Placed = Pick<
  Order,
  "transform" | "style" | "record" | "format" | "extent" | "workingSize" | "maxFaces" | "purgedAt"
>;

async function keysOf(
  { transform, style, record, format, extent, workingSize, maxFaces, purgedAt }: Placed,
  { inference }: Kit,
) {
  const identity = {
    contentHash: record.contentHash,
    style: style.id,
    version: style.version,
    modelSuffix: inference.endpoints[0].modelSuffix,
    workingSize,
    maxFaces,
    purgedAt,
  };
  return {
    masterKey: await masterKey(identity),
    matteKey: await matteKey(identity),
    variantKey: await variantKey(transform, format, identity, extent?.whole),
  };
}

/**
 * Some networks draw strokes of a few pixels, whatever the size: large pictures are drawn at a larger one, of which there is one, so that all
 * sizes from there on are made from one drawing. Others draw best what they were trained for, and are enlarged.
 */
function workingSizeOf(
  { transform, style: { sizes } }: Wish,
  extent: Extent | undefined,
  longSide: number,
  { config }: Kit,
): number {
  const { workingSize } = config;
  if (transform.backdrop !== "stylize") return workingSize; // people are told from their ground at that size
  const isFree = sizes.largest > Math.max(sizes.recommended, workingSize);
  if (!extent || !isFree || longSide <= ENLARGED * workingSize) return workingSize;
  return Math.max(workingSize, Math.min(sizes.largest, largestDrawn(extent.whole)));
}

/** How much larger than it was drawn a picture may be shown, before it is drawn anew for that. */
const ENLARGED = 1.25;

/** What is behind people is not, or not all, covered. */
const isSeeThrough = ({ backdrop }: Transform) => typeof backdrop !== "string" && backdrop[3] < 255;

async function find(source: Source, kit: Kit): Promise<Resolved> {
  if (source.kind !== "upload") return resolve(source, kit);
  const purge = lastPurge(kit.bucket, [{ kind: "source", name: spellSource(source) }], kit.now());
  const read = () => findUpload(kit.bucket, source.id, kit.now());
  const record = await kit.timing.measure("lookup", read, "upload");
  return { record, purgedAt: await purge };
}

/**
 * The order with its source's bytes at hand, and what asking for them told. Where the origin gives other bytes by now than those that the
 * record told of, it is the new picture's order, with other keys.
 */
export async function withBytes(order: Order, kit: Kit): Promise<Order> {
  const { source } = order;
  if (order.bytes.isFull) return order;
  if (source.kind !== "upload") {
    const renewed = await orderOf(order, await refetch(source, kit), kit);
    if (renewed.record.contentHash === order.record.contentHash) return renewed;
    const changes = (order.changes ?? 0) + 1;
    if (changes <= MOST_CHANGES) return { ...renewed, changes };
    throw new ProblemError(
      "source_unreachable",
      "The source gives another picture each time that it is asked.",
    );
  }
  const bytes = await kit.timing.measure("source", () => readUpload(kit.bucket, source.id), "upload");
  return { ...order, bytes: new Handover(bytes) };
}

function tooLargeFor(format: AnswerFormat, isTransparent: boolean): ProblemError {
  const name = format === "webp" && isTransparent ? "webp with transparency" : format;
  const limit = roomOf(format, isTransparent);
  const detail = `The options "width" and "height" may ask for ${limit} pixels as ${name}; other formats have room for more.`;
  return new ProblemError("invalid_option", detail);
}

function wouldEnlarge(extent: Extent | undefined, { fit, width, height }: Transform): ProblemError {
  const shown = extent
    ? `, which can be shown with ${extent.whole.width} × ${extent.whole.height} pixels`
    : "";
  const detail = `With "fit=${fit}" more than ${MAX_OUTPUT_PIXELS} pixels, as ${width} × ${height} are, must not enlarge the picture${shown}.`;
  return new ProblemError("invalid_option", detail);
}
