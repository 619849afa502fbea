/** EXIF orientation: 1 is upright, 5–8 swap width and height. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** An encoded format that the service can read. */
export type SourceFormat = "jpeg" | "png" | "webp";

/** What a picture's header says about it. Nothing here has been decoded; a decoder may still find the data broken. */
export type Probe = {
  ok: true;
  format: SourceFormat;
  /** Pixels, before the orientation is applied; 1 or more. */
  width: number;
  height: number;
  orientation: Orientation;
  /** 1 for a still picture. Of an animation only the first frame is ever decoded. */
  frames: number;
  /** The file can carry transparency (an alpha channel, a tRNS chunk, the VP8X alpha flag). */
  hasAlpha: boolean;
  /** Progressive JPEG or interlaced PNG. */
  progressive: boolean;
  /** Bits a channel: 8 or 16; 1, 2 and 4 for small PNGs. */
  bitDepth: number;
  /** Channels in the file: 1 grayscale, 3 colour, 4 CMYK for JPEG; a PNG's or WebP's RGBA counts 4. */
  components: number;
};

/** Stable codes; the HTTP statuses are the caller's. */
export type ProbeFailure = {
  ok: false;
  code: "unsupported_format" | "corrupt_picture" | "too_many_pixels" | "picture_too_large";
  /** One sentence, safe to show. */
  detail: string;
};

export type ProbeResult = Probe | ProbeFailure;
