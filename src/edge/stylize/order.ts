import { type Failure, ProblemError } from "../../contract/problem.ts";
import { type Source, spellSource } from "../../contract/source.ts";
import type { Style } from "../../contract/style.ts";
import { type AnswerFormat, groundOf, pixelsAsked, type Transform } from "../../contract/transform.ts";
import { maxPixels } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import type { SourceRecord } from "../source/record.ts";
import { masterKey, matteKey, variantKey } from "../storage/keys.ts";
import { lastPurge } from "../storage/purges.ts";
import { findUpload, readUpload } from "../storage/uploads.ts";
import { negotiate } from "./format.ts";
import { Handover } from "./handover.ts";
import { type Resolved, refetch, resolve } from "./resolve.ts";

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
  /** That the format has room for. */
  maxPixels: number;
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
  const asked = pixelsAsked(transform);
  const hasRoom = (format: AnswerFormat) => asked <= roomOf(format, isTransparent);
  const format = negotiate(transform.format, accept, hasAlpha, hasRoom);
  if (!hasRoom(format)) throw tooLargeFor(format, isTransparent);
  const stylePurgedAt = await lastPurge(kit.bucket, [{ kind: "style", name: style.id }], kit.now());
  const purgedAt = Math.max(resolved.purgedAt, stylePurgedAt);
  const maxFaces = transform.faces === "none" ? 0 : kit.config.maxFaces;
  const placed = { ...wish, record, format, maxFaces, purgedAt };
  return {
    ...placed,
    ...(await keysOf(placed, kit)),
    maxPixels: roomOf(format, isTransparent),
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

type Placed = Pick<Order, "transform" | "style" | "record" | "format" | "maxFaces" | "purgedAt">;

async function keysOf({ transform, style, record, format, maxFaces, purgedAt }: Placed, { config }: Kit) {
  const identity = {
    contentHash: record.contentHash,
    style: style.id,
    version: style.version,
    modelSuffix: config.inference.modelSuffix,
    workingSize: config.workingSize,
    maxFaces,
    purgedAt,
  };
  return {
    masterKey: await masterKey(identity),
    matteKey: await matteKey(identity),
    variantKey: await variantKey(transform, format, identity),
  };
}

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

/** What is known of a picture is known of the largest that any format has room for. */
const roomOf = (format: AnswerFormat, isTransparent: boolean) =>
  maxPixels(format === "json" ? "png" : format, isTransparent);

function tooLargeFor(format: AnswerFormat, isTransparent: boolean): ProblemError {
  const name = format === "webp" && isTransparent ? "webp with transparency" : format;
  const limit = roomOf(format, isTransparent);
  const detail = `The options "width" and "height" may ask for ${limit} pixels as ${name}; other formats have room for more.`;
  return new ProblemError("invalid_option", detail);
}
