import type { Rectangle } from "./heif-transforms.ts";
import type { Box, Extent } from "./isobmff.ts";
import type { Orientation } from "./types.ts";

/** A picture as it is coded: whole, or as a grid of equal tiles, of which the last of a row or column may stick out. */
export type Coded = {
  /** Of its item. */
  id: number;
  width: number;
  height: number;
  columns: number;
  rows: number;
  tileWidth: number;
  tileHeight: number;
  /** Row by row. */
  tiles: { extents: Extent[]; config: Box }[];
};

export type Heif = {
  format: "heic" | "avif";
  picture: Coded;
  /** Its transparency, a gray picture of the same size. */
  alpha: Coded | undefined;
  isPremultiplied: boolean;
  /** What of the coded picture is shown, before it is turned. */
  shown: Rectangle;
  orientation: Orientation;
  nclx: Nclx | undefined;
  /** Where an ICC profile lies. */
  icc: Extent | undefined;
};

/** Colours in the codes of ITU-T H.273. */
export type Nclx = { primaries: number; transfer: number; matrix: number; isFullRange: boolean };
