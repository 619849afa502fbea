import type { Probe } from "../source/probe/types.ts";
import { DecodeError, type OutputFormat, type Pixels, type Rgb } from "./pixels.ts";

export { DecodeError, type OutputFormat, type Pixels, type Rgb } from "./pixels.ts";

export type FitMode = "scale-down" | "contain" | "cover" | "crop" | "pad";
/** Either side may be left out; both are 1 or more. */
export type Box = { width?: number | undefined; height?: number | undefined; fit: FitMode };

const pending = (): never => {
  throw new DecodeError("not yet written");
};
export const decode: (bytes: Uint8Array, probed: Probe, target: { longSide: number }) => Promise<Pixels> =
  pending;
export const resize: (pixels: Pixels, width: number, height: number) => Promise<Pixels> = pending;
export const fit: (
  pixels: Pixels,
  box: Box,
  background: readonly [number, number, number, number],
) => Promise<Pixels> = pending;
export const blend: (photo: Pixels, stylized: Pixels, strength: number) => Pixels = pending;
export const flatten: (pixels: Pixels, background: Rgb) => Pixels = pending;
export const hasAlpha: (pixels: Pixels) => boolean = pending;
export const toRgb: (pixels: Pixels) => Uint8Array = pending;
export const fromRgb: (rgb: Uint8Array, width: number, height: number, alphaFrom?: Pixels) => Pixels =
  pending;
export const encode: (pixels: Pixels, format: OutputFormat, quality: number) => Promise<Uint8Array> = pending;
export const contentType: (format: OutputFormat) => string = pending;
