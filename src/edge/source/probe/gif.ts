import type { Reader } from "./bytes.ts";
import { corrupt, tooManyPixels } from "./failure.ts";
import { MAX_PIXELS, MAX_SEGMENTS } from "./limits.ts";
import type { ProbeFailure, ProbeResult } from "./types.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const GRAPHIC_CONTROL = 0xf9;

/** A GIF's first frame, and the canvas on which it lies. */
export type GifFrame = {
  canvas: { width: number; height: number };
  left: number;
  top: number;
  width: number;
  height: number;
  interlaced: boolean;
  /** Where the colour table lies, three bytes each. */
  palette: { at: number; colours: number };
  /** The colour that means transparent. */
  transparent: number | undefined;
  /** Where the code size stands, behind which the data's blocks begin. */
  data: number;
};

/** GIF89a, https://www.w3.org/Graphics/GIF/spec-gif89a.txt. Further frames are not looked at: the first is what is decoded. */
export function probeGif(reader: Reader): ProbeResult {
  const frame = readGif(reader);
  if ("code" in frame) return frame;
  const { width, height } = frame.canvas;
  if (width * height > MAX_PIXELS) return tooManyPixels(width, height, MAX_PIXELS, "GIF");
  const isCovered = frame.width === width && frame.height === height;
  return {
    ok: true,
    format: "gif",
    width,
    height,
    orientation: 1,
    hasAlpha: frame.transparent !== undefined || !isCovered,
  };
}

export function readGif(reader: Reader): GifFrame | ProbeFailure {
  if (!reader.has(0, 13)) return TRUNCATED;
  const screen = { width: reader.u16(6, true), height: reader.u16(8, true) };
  const shared = tableAt(13, reader.u8(10));
  let transparent: number | undefined;
  let at = 13 + 3 * shared.colours;
  for (let blocks = 0; blocks < MAX_SEGMENTS; blocks++) {
    if (!reader.has(at, 10)) return TRUNCATED;
    const kind = reader.u8(at);
    if (kind === IMAGE) {
      const frame = readDescriptor(reader, at, screen, shared);
      return "code" in frame ? frame : { ...frame, transparent };
    }
    if (kind !== EXTENSION) return corrupt("The GIF has no picture where one should be.");
    if (reader.u8(at + 1) === GRAPHIC_CONTROL)
      transparent = (reader.u8(at + 3) & 1) === 1 ? reader.u8(at + 6) : undefined;
    const end = skipBlocks(reader, at + 2);
    if (end === undefined) return TRUNCATED;
    at = end;
  }
  return corrupt("The GIF's header does not end.");
}

const TRUNCATED = corrupt("The GIF ends inside its header.");

function readDescriptor(
  reader: Reader,
  at: number,
  screen: { width: number; height: number },
  shared: GifFrame["palette"],
): Omit<GifFrame, "transparent"> | ProbeFailure {
  const [left, top, width, height] = [1, 3, 5, 7].map((offset) => reader.u16(at + offset, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (width === 0 || height === 0) return corrupt("The GIF's frame has no size.");
  const flags = reader.u8(at + 9);
  const own = tableAt(at + 10, flags);
  const palette = own.colours > 0 ? own : shared;
  const data = at + 10 + 3 * own.colours;
  if (palette.colours === 0) return corrupt("The GIF has no colours.");
  if (!reader.has(data, 2)) return TRUNCATED;
  // A first frame that does not fit makes the canvas larger, as in browsers; old files have a canvas of 0 × 0.
  const canvas = {
    width: Math.max(screen.width, left + width),
    height: Math.max(screen.height, top + height),
  };
  return { canvas, left, top, width, height, interlaced: (flags & 0x40) !== 0, palette, data };
}

const tableAt = (at: number, flags: number) => ({ at, colours: (flags & 0x80) !== 0 ? 2 << (flags & 7) : 0 });

/** Behind the block of length 0 that ends a row of blocks; undefined where it is missing. */
function skipBlocks(reader: Reader, from: number): number | undefined {
  let at = from;
  while (reader.has(at, 1)) {
    const length = reader.u8(at);
    at += 1 + length;
    if (length === 0) return at;
  }
  return undefined;
}
