export type Size = { width: number; height: number };

/** A picture in memory: RGBA, 8 bits a channel, straight (not premultiplied) alpha, sRGB, rows top down. */
export type Pixels = { width: number; height: number; data: Uint8ClampedArray };

/** 0–255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The bytes are not the picture that their header promised. The message is safe to show to anybody. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}
