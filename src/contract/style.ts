import manifest from "../../models/styles.json" with { type: "json" };
import { listed } from "./listed.ts";
import type { Failure } from "./problem.ts";

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

/** A style as it is served now; where a version is pinned, that one alone: another network's drawing is another, however alike. */
export function servedStyle(id: string, version?: string): { ok: true; style: Style } | Failure {
  const style = styleById(id);
  if (!style) {
    const detail = `There is no style "${id}"; there are: ${listed(STYLES.map((style) => style.id))}.`;
    return { ok: false, code: "unknown_style", detail };
  }
  if (version === undefined || style.version.startsWith(version)) return { ok: true, style };
  const detail = `The style "${id}" is served in version ${style.version}, not "${version}".`;
  return { ok: false, code: "unknown_version", detail };
}
