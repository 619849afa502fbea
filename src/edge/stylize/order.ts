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
import { largestDrawn, limitedFrom, longSideShown, pixelsOf, roomOf, shrunkTo, sizeOf } from "./size.ts";

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
};

/** A wish for a picture that is known: it has names in the storage, whether anything is stored or not. */
export type Order = Wish & {
  record: SourceRecord;
  format: AnswerFormat;
  /** The upright source as far as it can be shown in the format; undefined where the master is all that is known of its size. */
  whole: Size | undefined;
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
  const source = sizeOf(record, kit.config.workingSize);
  const [asked, shown] = [pixelsAsked(transform), pixelsOf(isTransparent ? undefined : source, transform)];
  const hasRoom = (format: AnswerFormat) => shown <= roomFor(transform, format, isTransparent);
  const format = negotiate(transform.format, accept, hasAlpha, hasRoom);
  const room = roomFor(transform, format, isTransparent);
  if (asked > room) throw tooLargeFor(format, isTransparent);
  const whole = source && shrunkTo(source, room);
  const longSide = whole ? longSideShown(whole, transform) : 0;
  const isLarge = longSide > kit.config.workingSize;
  const workingSize = workingSizeOf(wish, whole, longSide, kit);
  const stylePurgedAt = await lastPurge(kit.bucket, [{ kind: "style", name: style.id }], kit.now());
  const purgedAt = Math.max(resolved.purgedAt, stylePurgedAt);
  const maxFaces = transform.faces === "none" ? 0 : kit.config.maxFaces;
  const placed = { ...wish, record, format, workingSize, maxFaces, purgedAt };
  return {
    ...placed,
    ...(await keysOf(placed, kit)),
    whole,
    room,
    limitedFrom: limitedFrom(record, whole, transform),
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

/** The order with another size for the network to draw at, or its drawing to be enlarged to: that is another master. */
export async function withWorkingSize(order: Order, workingSize: number, kit: Kit): Promise<Order> {
  const changed = { ...order, workingSize };
  return { ...changed, ...(await keysOf(changed, kit)), variantKey: order.variantKey };
}

type Placed = Pick<
  Order,
  "transform" | "style" | "record" | "format" | "workingSize" | "maxFaces" | "purgedAt"
>;

async function keysOf(
  { transform, style, record, format, workingSize, maxFaces, purgedAt }: Placed,
  { config }: Kit,
) {
  const identity = {
    contentHash: record.contentHash,
    style: style.id,
    version: style.version,
    modelSuffix: config.inference.modelSuffix,
    workingSize,
    maxFaces,
    purgedAt,
  };
  return {
    masterKey: await masterKey(identity),
    matteKey: await matteKey(identity),
    variantKey: await variantKey(transform, format, identity),
  };
}

/** Whole pictures lie in memory where people are told from their ground. */
const roomFor = ({ backdrop }: Transform, format: AnswerFormat, isTransparent: boolean) =>
  Math.min(
    roomOf(format, isTransparent),
    backdrop === "stylize" ? Number.POSITIVE_INFINITY : MAX_OUTPUT_PIXELS,
  );

/**
 * Some networks draw strokes of a few pixels, whatever the size: large pictures are drawn at a larger one, of which there is one, so that all
 * sizes from there on are made from one drawing. Others draw best what they were trained for, and are enlarged.
 */
function workingSizeOf(
  { transform, style: { sizes } }: Wish,
  whole: Size | undefined,
  longSide: number,
  { config }: Kit,
): number {
  const { workingSize } = config;
  if (transform.backdrop !== "stylize") return workingSize; // people are told from their ground at that size
  const isFree = sizes.largest > Math.max(sizes.recommended, workingSize);
  if (!whole || !isFree || longSide <= ENLARGED * workingSize) return workingSize;
  return Math.max(workingSize, Math.min(sizes.largest, largestDrawn(whole)));
}

/** How much larger than it was drawn a picture may be shown, before it is drawn anew for that. */
const ENLARGED = 1.25;

/** What is behind people is not, or not all, covered. */
const isSeeThrough = ({ backdrop }: Transform) => typeof backdrop !== "string" && backdrop[3] < 255;

async function find(source: Source, kit: Kit): Promise<Resolved> {
  if (source.kind !== "upload") return resolve(source, kit);
  const purge = lastPurge(kit.bucket, [{ kind: "source", name: spellSource(source) }], kit.now());
  const record = await kit.timing.measure("lookup", () => findUpload(kit.bucket, source.id, kit.now()));
  return { record, purgedAt: await purge };
}

/**
 * The order with its source's bytes at hand, and what asking for them told. Where the origin gives other bytes by now than those that the
 * record told of, it is the new picture's order, with other keys.
 */
export async function withBytes(order: Order, kit: Kit): Promise<Order> {
  const { source } = order;
  if (order.bytes.isFull) return order;
  if (source.kind !== "upload") return orderOf(order, await refetch(source, kit), kit);
  const bytes = await kit.timing.measure("source", () => readUpload(kit.bucket, source.id));
  return { ...order, bytes: new Handover(bytes) };
}

function tooLargeFor(format: AnswerFormat, isTransparent: boolean): ProblemError {
  const name = format === "webp" && isTransparent ? "webp with transparency" : format;
  const limit = roomOf(format, isTransparent);
  const detail = `The options "width" and "height" may ask for ${limit} pixels as ${name}; other formats have room for more.`;
  return new ProblemError("invalid_option", detail);
}
