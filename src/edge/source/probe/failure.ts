import type { ProbeFailure } from "./types.ts";

export const corrupt = (detail: string): ProbeFailure => ({ ok: false, code: "corrupt_picture", detail });

export const unsupported = (detail: string): ProbeFailure => ({
  ok: false,
  code: "unsupported_format",
  detail,
});

export const tooManyPixels = (width: number, height: number, limit: number, what: string): ProbeFailure => ({
  ok: false,
  code: "too_many_pixels",
  detail: `The picture has ${width} × ${height} pixels; for ${what} the limit is ${megapixels(limit)} megapixels.`,
});

export const tooMuchMemory = (width: number, height: number, what: string): ProbeFailure => ({
  ok: false,
  code: "too_many_pixels",
  detail: `${what} of ${width} × ${height} pixels that is coded like this takes too much memory to decode; a JPEG would do.`,
});

const megapixels = (pixels: number) => Math.floor(pixels / 100_000) / 10;
