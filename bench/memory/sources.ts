import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { joined, Reader } from "../../src/edge/source/probe/bytes.ts";
import { readHeif } from "../../src/edge/source/probe/heif.ts";
import { heif, ispe, u8, u16 } from "../../tests/support/heif.ts";

const PHONE = new URL("../../tests/fixtures/pictures/phone.heic", import.meta.url);

/** Photos as they come, by name. Their pixels are a photo's: smooth, with grain, which no codec can leave out. */
export const SOURCES: Record<string, () => Promise<Uint8Array>> = {
  "JPEG of a phone, 12 MP": async () => fileOf(photo(4032, 3024).jpeg({ quality: 90 })),
  "JPEG of a phone, 24 MP": async () => fileOf(photo(5712, 4284).jpeg({ quality: 90 })),
  "JPEG of a phone, 48 MP": async () => fileOf(photo(8064, 6048).jpeg({ quality: 85 })),
  "JPEG, progressive, 24 MP": async () => fileOf(photo(5712, 4284).jpeg({ quality: 75, progressive: true })),
  "JPEG, progressive, 12 MP, 4:4:4": async () =>
    fileOf(photo(4032, 3024).jpeg({ quality: 75, progressive: true, chromaSubsampling: "4:4:4" })),
  "JPEG, progressive, 12 MP, 4:4:4, in 8 MB": async () =>
    grown(await fileOf(photo(4000, 3000).jpeg({ progressive: true, chromaSubsampling: "4:4:4" })), 8_000_000),
  "HEIC of a phone, 12 MP": async () => new Uint8Array(await readFile(PHONE)),
  "HEIC of a phone, 48 MP": () => phone(16, 12, [8064, 6048]),
  "PNG, 12 MP": async () => fileOf(photo(4000, 3000).png()),
  "PNG, interlaced, 8 MP": async () => fileOf(photo(3264, 2448).png({ progressive: true })),
  "WebP, 12 MP": async () => fileOf(photo(4000, 3000).webp({ quality: 80, effort: 0 })),
  "WebP with transparency, 8 MP": async () =>
    fileOf(transparent(3264, 2448).webp({ quality: 80, effort: 0 })),
  "WebP, lossless, 4 MP": async () => fileOf(photo(2304, 1728).webp({ lossless: true, effort: 0 })),
  "GIF, 12 MP": async () => fileOf(photo(4000, 3000).gif({ effort: 1 })),
  "AVIF, 4 MP": async () =>
    fileOf(photo(2304, 1728).avif({ quality: 60, effort: 0, chromaSubsampling: "4:2:0" })),
  "AVIF, 4:4:4, 3 MP": async () => fileOf(photo(2016, 1512).avif({ quality: 60, effort: 0 })),
  "AVIF with transparency, 3 MP": async () =>
    fileOf(transparent(2016, 1512).avif({ quality: 60, effort: 0, chromaSubsampling: "4:2:0" })),
};

const fileOf = async (picture: Sharp): Promise<Uint8Array> => new Uint8Array(await picture.toBuffer());

/** As large as a file may be; what follows a picture's end is not looked at. */
function grown(file: Uint8Array, bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  all.set(file);
  return all;
}

/** Waves with grain, the same in every run. */
function photo(width: number, height: number): Sharp {
  return sharp(samples(width, height, 3), { raw: { width, height, channels: 3 } });
}

const transparent = (width: number, height: number): Sharp =>
  sharp(samples(width, height, 4), { raw: { width, height, channels: 4 } });

function samples(width: number, height: number, channels: 3 | 4): Uint8Array {
  const data = new Uint8Array(width * height * channels);
  let state = 1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      state = (state * 1664525 + 1013904223) >>> 0;
      const grain = state >>> 30;
      data[i++] = 120 + 100 * Math.sin(x / 600 + y / 900) + grain;
      data[i++] = 120 + 100 * Math.sin(x / 350 - y / 500) + grain;
      data[i++] = (x * 240) / width + grain;
      if (channels === 4) data[i++] = (x * 255) / width;
    }
  }
  return data;
}

/** Another phone's HEIC of the fixture's tiles. */
async function phone(columns: number, rows: number, [width, height]: [number, number]): Promise<Uint8Array> {
  const reader = new Reader(await readFile(PHONE));
  const read = readHeif(reader);
  if ("code" in read) throw new Error(read.detail);
  const { tiles, tileWidth, tileHeight } = read.picture;
  const items = Array.from({ length: columns * rows }, (_, i) => {
    const tile = tiles[i % tiles.length] as (typeof tiles)[number];
    const config = reader.bytes.slice(tile.config.start, tile.config.end);
    const data = joined(tile.extents.map(({ start, end }) => reader.bytes.subarray(start, end)));
    return { type: "hvc1", properties: [config, ispe(tileWidth, tileHeight)], data };
  });
  const shape = joined([u8(0, 0, rows - 1, columns - 1), u16(width), u16(height)]);
  const grid = { type: "grid", properties: [ispe(width, height)], data: shape };
  const to = items.map((_, i) => i + 1);
  return heif([...items, grid], items.length + 1, [{ kind: "dimg", from: items.length + 1, to }]);
}
