import manifest from "../../models/styles.json" with { type: "json" };
import { listed } from "./listed.ts";

/** What the Worker and the page use of a style's card; `GET /v1/styles` shows all of it, its data, training and figures too. */
export type Style = {
  id: string;
  name: string;
  description: string;
  /** Tells networks apart; part of cache keys, so that a new network does not answer with an old one's pictures. */
  version: string;
  licence: { name: string; url: string };
  commercialUse: boolean;
  attribution: string;
  /** Pixels: the least side that the network takes, and the longer side at which it draws best, up to the largest at which it does. */
  sizes: { min: number; recommended: number; largest: number };
};

export const STYLES: readonly Style[] = manifest.styles;

export const styleById = (id: string): Style | undefined => STYLES.find((style) => style.id === id);

/** A sentence for whoever asked for a style that is not there. */
export const noSuchStyle = (id: string): string =>
  `There is no style "${id}"; there are: ${listed(STYLES.map((style) => style.id))}.`;
