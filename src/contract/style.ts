import manifest from "../../models/styles.json" with { type: "json" };

/** A style as `GET /v1/styles` shows it, built from its card. */
export type Style = {
  id: string;
  name: string;
  description: string;
  /** Of the network; part of cache keys, so that a new network does not answer with an old one's pictures. */
  version: string;
  licence: { name: string; url: string };
  commercialUse: boolean;
  attribution: string;
  /** Pixels: the least side that the network takes, and the longer side it was trained for. */
  sizes: { min: number; recommended: number };
};

export const STYLES: readonly Style[] = manifest.styles;

export const styleById = (id: string): Style | undefined => STYLES.find((style) => style.id === id);
