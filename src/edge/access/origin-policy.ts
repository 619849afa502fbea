import { complain, entriesOf, type Parsed } from "../../contract/parsed.ts";
import { isLoopback } from "./loopback.ts";

/** Web origins whose pages may read answers and upload: any, or the listed ones. */
export type OriginPolicy = "*" | readonly string[];

/**
 * Whether pages of an origin may read answers and upload. Where nobody is asked for a key, being on this machine is all that a request has to
 * show, and any page in its browser can send one: there `*` is pages of this machine alone, and others are named or are not let in.
 */
export function admitsOrigin(origins: OriginPolicy, origin: string, isOpen: boolean): boolean {
  if (origins !== "*") return origins.includes(origin);
  return !isOpen || isLoopback(URL.parse(origin)?.hostname ?? "");
}

/** Comma-separated origins such as `https://www.example.com`; `*` for any; empty for none but our own. */
export function parseOrigins(text: string): Parsed<OriginPolicy> {
  const entries = entriesOf(text, ",");
  if (entries.includes("*")) return { ok: true, value: "*" };
  const wrong = entries.find((entry) => URL.parse(entry)?.origin !== entry);
  if (wrong !== undefined) {
    return complain(`"${wrong}" is no origin; write scheme and host, as in https://example.com`);
  }
  return { ok: true, value: entries };
}
