import { Reader } from "../../source/probe/bytes.ts";
import { type Coded, readHeif } from "../../source/probe/heif.ts";
import type { Probe } from "../../source/probe/types.ts";
import { DecodeError, type Pixels } from "../pixels.ts";
import { Shrink, shrunkSize } from "../shrink.ts";
import { setAlpha } from "./alpha-lines.ts";
import { type HevcApi, hevcDecoder, withTiles } from "./hevc.ts";
import { lineWriter, type Planar, writeAlpha } from "./ycbcr.ts";

/**
 * Phones write a picture as tiles of 512 × 512. One row of tiles is decoded at a time and its lines are reduced at once, so that the pixels
 * of 12 or 48 MP never exist together.
 */
export async function decodeHeic(bytes: Uint8Array, probed: Probe, longSide: number): Promise<Pixels> {
  const reader = new Reader(bytes);
  const heif = readHeif(reader);
  if ("code" in heif) throw new DecodeError(heif.detail);
  const { picture, alpha: coded, shown, nclx, isPremultiplied } = heif;
  return hevcDecoder.use((api, memory) => {
    const alpha = coded && decodeAlpha(api, memory, reader, coded);
    const shrink = new Shrink(shown, shrunkSize(shown, probed, longSide));
    const line = new Uint8ClampedArray(picture.width * 4);
    const visible = line.subarray(shown.left * 4, (shown.left + shown.width) * 4);
    eachLine(api, memory, reader, picture, (tiles) => {
      const write = tiles.map((tile) => lineWriter({ ...tile, ...nclx }));
      return (y, lineOfTile) => {
        if (y < shown.top || y >= shown.top + shown.height) return;
        for (const [i, { x, width }] of columnsOf(picture).entries())
          write[i]?.(tiles[i] as Planar, lineOfTile, line, x * 4, width);
        if (alpha)
          setAlpha(line, alpha.subarray(y * picture.width, (y + 1) * picture.width), isPremultiplied);
        shrink.push(visible);
      };
    });
    return shrink.finish();
  });
}

/** One byte a pixel. */
function decodeAlpha(
  api: HevcApi,
  memory: WebAssembly.Memory,
  reader: Reader,
  coded: Coded,
): Uint8ClampedArray {
  const { width, height } = coded;
  const alpha = new Uint8ClampedArray(width * height);
  const columns = columnsOf(coded);
  eachLine(api, memory, reader, coded, (tiles) => (y, lineOfTile) => {
    for (const [i, { x, width: count }] of columns.entries())
      writeAlpha(tiles[i] as Planar, lineOfTile, alpha, y * width + x, count);
  });
  return alpha;
}

/** Where each tile of a row begins, and how much of it lies inside the picture. */
const columnsOf = ({ columns, tileWidth, width }: Coded) =>
  Array.from({ length: columns }, (_, i) => ({
    x: i * tileWidth,
    width: Math.min(tileWidth, width - i * tileWidth),
  }));

/** Decodes row by row of tiles; `begin` is given those of a row, and what it returns each of their lines. */
function eachLine(
  api: HevcApi,
  memory: WebAssembly.Memory,
  reader: Reader,
  coded: Coded,
  begin: (tiles: Planar[]) => (y: number, lineOfTile: number) => void,
): void {
  const { columns, rows, tileWidth, tileHeight, height } = coded;
  for (let row = 0; row < rows; row++) {
    const tiles = coded.tiles.slice(row * columns, (row + 1) * columns);
    withTiles(api, memory, reader, tiles, { width: tileWidth, height: tileHeight }, (pictures) => {
      const take = begin(pictures);
      const top = row * tileHeight;
      for (let line = 0; line < Math.min(tileHeight, height - top); line++) take(top + line, line);
    });
  }
}
