import { type Failure, ProblemError } from "../../contract/problem.ts";
import type { Source } from "../../contract/source.ts";
import type { Style } from "../../contract/style.ts";
import { type AnswerFormat, pixelsAsked, type Transform } from "../../contract/transform.ts";
import { maxPixels } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import type { SourceRecord } from "../source/record.ts";
import { masterKey, variantKey } from "../storage/keys.ts";
import { findUpload, readUpload } from "../storage/uploads.ts";
import { negotiate } from "./format.ts";
import { Handover } from "./handover.ts";
import { refetch, resolveUrl } from "./resolve.ts";

/** What a client asks for. */
export type Wish = {
  transform: Transform;
  style: Style;
  source: Source;
  accept: string | null;
  /** Milliseconds since 1970 after which nobody may keep the answer; Infinity where it is the same to us. */
  expires: number;
};

/** A wish for a picture that is known: it has names in the storage, whether anything is stored or not. */
export type Order = Wish & {
  record: SourceRecord;
  format: AnswerFormat;
  /** That the format has room for. */
  maxPixels: number;
  masterKey: string;
  variantKey: string;
  /** Full where the source's bytes are at hand. */
  bytes: Handover;
  /** The origin's failure to say whether the picture is still the same. */
  staleBecause?: Failure | undefined;
};

/** @throws ProblemError where the source may not be used or cannot be found */
export async function placeOrder(wish: Wish, kit: Kit): Promise<Order> {
  const { source } = wish;
  if (source.kind === "url") {
    const { record, bytes, staleBecause } = await resolveUrl(source.url, kit);
    return { ...(await named(wish, record, kit)), bytes: new Handover(bytes), staleBecause };
  }
  const record = await kit.timing.measure("lookup", () => findUpload(kit.bucket, source.id, kit.now()));
  return named(wish, record, kit);
}

/**
 * The order with its source's bytes at hand, and what asking for them told. Where the origin gives other bytes by now than those that the
 * record told of, it is the new picture's order, with other keys.
 */
export async function withBytes(order: Order, kit: Kit): Promise<Order> {
  const { source } = order;
  if (order.bytes.isFull) return order;
  if (source.kind === "upload") {
    const bytes = await kit.timing.measure("source", () => readUpload(kit.bucket, source.id));
    return { ...order, bytes: new Handover(bytes) };
  }
  const now = await refetch(source.url, kit);
  const isSame = now.record.contentHash === order.record.contentHash;
  const current = isSame ? { ...order, record: now.record } : await named(order, now.record, kit);
  return { ...current, bytes: new Handover(now.bytes), staleBecause: undefined }; // the origin has just answered
}

async function named(wish: Wish, record: SourceRecord, kit: Kit): Promise<Order> {
  const { transform, style, accept } = wish;
  const isFilled = transform.background?.[3] === 255;
  const hasAlpha = record.hasAlpha && !isFilled;
  const isTransparent = hasAlpha || (transform.fit === "pad" && !isFilled); // whose bars are
  const asked = pixelsAsked(transform);
  const hasRoom = (format: AnswerFormat) => asked <= roomOf(format, isTransparent);
  const format = negotiate(transform.format, accept, hasAlpha, hasRoom);
  if (!hasRoom(format)) throw tooLargeFor(format, isTransparent);
  const identity = {
    contentHash: record.contentHash,
    style: style.id,
    version: style.version,
    modelSuffix: kit.config.inference.modelSuffix,
    workingSize: kit.config.workingSize,
  };
  return {
    ...wish,
    record,
    format,
    maxPixels: roomOf(format, isTransparent),
    masterKey: await masterKey(identity),
    variantKey: await variantKey(transform, format, identity),
    bytes: new Handover(),
  };
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
