/** From a sample, 0–1, to linear light, where 1 is white. */
export type Transfer = (value: number) => number;

/** IEC 61966-2-1. */
export const srgb: Transfer = (value) =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;

/** Linear light, 0–1, to a sample, 0–255. */
export const encodeSrgb = (light: number): number =>
  255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);

export const gamma =
  (exponent: number): Transfer =>
  (value) =>
    value ** exponent;

/** Candelas a square metre of white paper in HDR pictures, ITU-R BT.2408 §2; what is brighter is cut off. */
const HDR_WHITE = 203;

/** SMPTE ST 2084 (PQ). */
const pq: Transfer = (value) => {
  const power = value ** (32 / 2523);
  const light = (Math.max(0, power - 107 / 128) / (2413 / 128 - (2392 / 128) * power)) ** (8192 / 1305);
  return (light * 10_000) / HDR_WHITE;
};

/** ITU-R BT.2100 (HLG) with the system's gamma of 1.2 on a display of 1000 candelas. */
const hlg: Transfer = (value) => {
  const scene =
    value <= 0.5 ? (value * value) / 3 : (Math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12;
  return (scene ** 1.2 * 1000) / HDR_WHITE;
};

/**
 * By ITU-T H.273's code, table 3. Television's camera curves (1, 6, 14, 15) are what sRGB's displays are made for, and pictures marked so
 * mean sRGB's curve, as in browsers.
 */
export const CODED_TRANSFERS: Record<number, Transfer> = {
  1: srgb,
  4: gamma(2.2),
  5: gamma(2.8),
  6: srgb,
  8: gamma(1),
  13: srgb,
  14: srgb,
  15: srgb,
  16: pq,
  18: hlg,
};
