import type { Reader } from "../probe/bytes.ts";
import { readItems } from "../probe/heif-items.ts";
import { type Box, boxes, findBox } from "../probe/isobmff.ts";

/** Items that are no pictures: Exif, XMP and other documents, links. ISO/IEC 23008-12 annex A. */
const NOTES = new Set(["Exif", "mime", "uri "]);

/** Boxes of the list of items that say what the pictures are and where they lie. ISO/IEC 14496-12 §8.11. */
const LISTING = new Set(["hdlr", "dinf", "pitm", "iinf", "iloc", "iprp", "iref", "idat", "grpl"]);

/** Properties in people's words, and times. ISO/IEC 23008-12 §6.5. */
const WORDS = new Set(["udes", "altt", "crtt", "mdft", "uuid"]);

/**
 * The list of items, and the bytes of those that are pictures; all else is zeros where it stood. Were it cut out, every place that the file
 * names would be another. Which way up the picture is, its own properties say, not its Exif (ISO/IEC 23008-12 §6.5.10).
 */
export function bareHeif(reader: Reader): Uint8Array<ArrayBuffer> {
  const items = readItems(reader);
  const meta = findBox(reader, { data: 0, end: reader.length }, "meta");
  if ("code" in items || !meta) return new Uint8Array(); // which probing has refused
  const left = new Uint8Array(reader.length);
  const keep = (start: number, end: number) => {
    if (start < left.length) left.set(reader.bytes.subarray(start, end), start); // a broken file names places behind its end
  };
  for (const { type, start, data, end } of boxes(reader, 0, reader.length))
    keep(start, type === "ftyp" ? end : data);
  keepListing(reader, meta, keep, left);
  const all = [...items.byId.values()];
  for (const { extents } of all.filter(({ type }) => !NOTES.has(type)))
    for (const { start, end } of extents) keep(start, end);
  for (const { extents } of all.filter(({ type }) => NOTES.has(type)))
    for (const { start, end } of extents) left.fill(0, start, end);
  return left;
}

function keepListing(
  reader: Reader,
  meta: Box,
  keep: (start: number, end: number) => void,
  left: Uint8Array,
): void {
  keep(meta.start, meta.data + 4);
  for (const { type, start, data, end } of boxes(reader, meta.data + 4, meta.end))
    keep(start, LISTING.has(type) ? end : data);
  const properties = findBox(reader, { data: meta.data + 4, end: meta.end }, "iprp");
  const container = properties && findBox(reader, properties, "ipco");
  if (!container) return;
  for (const { type, data, end } of boxes(reader, container.data, container.end))
    if (WORDS.has(type)) left.fill(0, data, end);
}
