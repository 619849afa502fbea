import type { Reader } from "./bytes.ts";
import { corrupt, tooManyPixels, tooMuchMemory, unsupported } from "./failure.ts";
import { decodingCost } from "./heif-cost.ts";
import { type Item, type Items, readItems } from "./heif-items.ts";
import type { Coded, Heif, Nclx } from "./heif-picture.ts";
import { displayed } from "./heif-transforms.ts";
import { type Box, type Extent, Fields } from "./isobmff.ts";
import { MAX_CODED_BYTES, MAX_JPEG_PIXELS } from "./limits.ts";
import type { ProbeFailure, ProbeResult } from "./types.ts";

export type { Coded, Heif, Nclx } from "./heif-picture.ts";

/** Coding of a picture → the box that a decoder needs of it. */
const CODINGS = { hvc1: "hvcC", av01: "av1C" } as const;

/** AVIF and HEIC from their list of items. Sizes are what is shown, before it is turned. */
export function probeHeif(reader: Reader): ProbeResult {
  const heif = readHeif(reader);
  if ("code" in heif) return heif;
  const { format, picture, shown, orientation, alpha } = heif;
  const what = format.toUpperCase();
  const { width, height } = shown;
  if (picture.width * picture.height > MAX_JPEG_PIXELS)
    return tooManyPixels(picture.width, picture.height, MAX_JPEG_PIXELS, what);
  if (width < 1 || height < 1) return corrupt("Nothing of the picture is shown.");
  const cost = decodingCost(reader, heif);
  if (typeof cost !== "number") return cost;
  if (cost > MAX_CODED_BYTES) return tooMuchMemory(picture.width, picture.height, what);
  return { ok: true, format, width, height, orientation, hasAlpha: alpha !== undefined };
}

/** The file's primary picture. ISO/IEC 23008-12 §6. */
export function readHeif(reader: Reader): Heif | ProbeFailure {
  const items = readItems(reader);
  if ("code" in items) return items;
  const primary = items.byId.get(items.primary);
  if (!primary) return corrupt("The file does not have the picture that it names as its primary one.");
  const picture = readCoded(reader, items, items.primary, primary);
  if ("code" in picture) return picture;
  const alphaId = items.references.find(
    ({ kind, from, to }) =>
      kind === "auxl" && to.includes(items.primary) && isAlpha(reader, items.byId.get(from)),
  )?.from;
  const alphaItem = alphaId === undefined ? undefined : items.byId.get(alphaId);
  const alpha = alphaId !== undefined && alphaItem ? readCoded(reader, items, alphaId, alphaItem) : undefined;
  if (alpha && "code" in alpha) return alpha;
  if (alpha && (alpha.width !== picture.width || alpha.height !== picture.height))
    return unsupported("A picture whose transparency has another size than its colours is not supported.");
  if (alpha && codingOf(alpha) !== codingOf(picture))
    return unsupported(
      "A picture whose transparency is coded in another way than its colours is not supported.",
    );
  const isPremultiplied = items.references.some(
    ({ kind, from, to }) => kind === "prem" && from === items.primary && to.some((id) => id === alphaId),
  );
  const format = codingOf(picture) === "av1C" ? "avif" : "heic";
  return {
    ...{ format, picture, alpha, isPremultiplied },
    ...displayed(reader, primary.properties, picture),
    ...readColours(reader, primary.properties),
  };
}

/** ISO/IEC 14496-12 §12.1.5: one profile, one code, or both. */
function readColours(reader: Reader, properties: Box[]): Pick<Heif, "nclx" | "icc"> {
  let [nclx, icc]: [Nclx | undefined, Extent | undefined] = [undefined, undefined];
  for (const box of properties) {
    if (box.type !== "colr") continue;
    const fields = new Fields(reader, box);
    const kind = fields.fourCc();
    if (kind === "nclx") {
      const [primaries, transfer, matrix] = [fields.uint(2), fields.uint(2), fields.uint(2)];
      nclx ??= { primaries, transfer, matrix, isFullRange: fields.uint(1) >> 7 === 1 };
    }
    if (kind === "prof" || kind === "rICC") icc ??= { start: fields.at, end: box.end };
  }
  return { nclx, icc };
}

const codingOf = ({ tiles }: Coded) => tiles[0]?.config.type;

const ALPHA_KINDS = ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0", "urn:mpeg:hevc:2015:auxid:1\0"];

function isAlpha(reader: Reader, item: Item | undefined): boolean {
  const box = item?.properties.find(({ type }) => type === "auxC");
  const kind = box && { at: box.data + 4, length: box.end - box.data - 4 }; // behind version and flags
  return ALPHA_KINDS.some((name) => kind && kind.length >= name.length && reader.is(kind.at, name));
}

function readCoded(reader: Reader, items: Items, id: number, item: Item): Coded | ProbeFailure {
  const size = readSize(reader, item);
  if (!size) return corrupt("The file does not say how large its picture is.");
  if (item.type !== "grid") {
    const tile = readTile(reader, item);
    if ("code" in tile) return tile;
    const { width, height } = size;
    return { id, width, height, columns: 1, rows: 1, tileWidth: width, tileHeight: height, tiles: [tile] };
  }
  const grid = readGrid(reader, item);
  const ids = items.references.find(({ kind, from }) => kind === "dimg" && from === id)?.to ?? [];
  if (!grid || ids.length !== grid.columns * grid.rows)
    return corrupt("The picture's grid of tiles is broken.");
  const tiles = [];
  let [tileSize, bytes]: [Size | undefined, number] = [undefined, 0];
  for (const tileId of ids) {
    const tileItem = items.byId.get(tileId);
    const of = tileItem && readSize(reader, tileItem);
    if (!tileItem || !of) return corrupt("A tile of the picture is missing.");
    tileSize ??= of;
    if (of.width !== tileSize.width || of.height !== tileSize.height)
      return corrupt("The picture's tiles differ in size.");
    const tile = readTile(reader, tileItem);
    if ("code" in tile) return tile;
    if (tile.config.type !== (tiles[0] ?? tile).config.type)
      return corrupt("The picture's tiles differ in their coding.");
    bytes += tile.bytes;
    if (bytes > reader.length) return corrupt("The picture's tiles share their data."); // each would be decoded
    tiles.push(tile);
  }
  const { width: tileWidth = 0, height: tileHeight = 0 } = tileSize ?? {};
  const { columns, rows, width, height } = grid;
  const covers = (tileLength: number, count: number, length: number) =>
    tileLength * count >= length && tileLength * (count - 1) < length;
  if (!covers(tileWidth, columns, width) || !covers(tileHeight, rows, height))
    return corrupt("The picture's tiles do not cover it.");
  const isTiny = tileWidth < LEAST_TILE || tileHeight < LEAST_TILE;
  if (isTiny && ids.length > 1)
    return unsupported("A picture in tiles of less than 64 pixels a side is not supported.");
  return { id, width, height, columns, rows, tileWidth, tileHeight, tiles };
}

/** ISO/IEC 23000-22 §7.3.11.4.2. */
const LEAST_TILE = 64;

type Size = { width: number; height: number };

function readSize(reader: Reader, item: Item): Size | undefined {
  const box = item.properties.find(({ type }) => type === "ispe");
  if (!box) return undefined;
  const fields = new Fields(reader, box);
  fields.version();
  const [width, height] = [fields.uint(4), fields.uint(4)];
  return width > 0 && height > 0 ? { width, height } : undefined;
}

function readTile(reader: Reader, item: Item): (Coded["tiles"][number] & Pick<Item, "bytes">) | ProbeFailure {
  if (item.type !== "hvc1" && item.type !== "av01")
    return unsupported(
      `HEIF with pictures of the kind "${item.type.replace(/[^ -~]/g, "?")}" is not supported.`,
    );
  const config = item.properties.find(({ type }) => type === CODINGS[item.type as keyof typeof CODINGS]);
  if (!config || item.extents.length === 0) return corrupt("The picture's data is missing.");
  if (item.bytes > reader.length)
    return corrupt("The picture's data lies outside the file, or several times at the same place.");
  return { extents: item.extents, config, bytes: item.bytes };
}

/** §6.6.2.3. */
function readGrid(
  reader: Reader,
  item: Item,
): { columns: number; rows: number; width: number; height: number } | undefined {
  const extent = item.extents[0];
  if (!extent) return undefined;
  const fields = new Fields(reader, { data: extent.start, end: Math.min(extent.end, reader.length) });
  if (fields.uint(1) !== 0) return undefined;
  const bytes = (fields.uint(1) & 1) === 0 ? 2 : 4;
  const [rows, columns] = [fields.uint(1) + 1, fields.uint(1) + 1];
  const [width, height] = [fields.uint(bytes), fields.uint(bytes)];
  return width > 0 && height > 0 ? { columns, rows, width, height } : undefined;
}
