/** EXIF orientation: 1 is upright, 5–8 swap width and height. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** An encoded format that the service can read. */
export type SourceFormat = "jpeg" | "png" | "webp" | "gif" | "avif" | "heic";

/** What a picture's header says about it. Nothing here has been decoded; a decoder may still find the data broken. */
export type Probe = {
  ok: true;
  format: SourceFormat;
  /** Pixels, before the orientation is applied; 1 or more. */
  width: number;
  height: number;
  orientation: Orientation;
  /** The file can carry transparency (an alpha channel, a tRNS chunk, the VP8X alpha flag, an auxiliary picture). */
  hasAlpha: boolean;
  /** Of a JPEG: bytes that decoding takes besides the file, at whatever scale, and those of all its samples. */
  decoding?: { always: number; samples: number };
};

/** Stable codes; the HTTP statuses are the caller's. */
export type ProbeFailure = {
  ok: false;
  code: "unsupported_format" | "corrupt_picture" | "too_many_pixels" | "picture_too_large";
  /** One sentence, safe to show. */
  detail: string;
};

export type ProbeResult = Probe | ProbeFailure;
