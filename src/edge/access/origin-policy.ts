import { complain, entriesOf, type Parsed } from "../../contract/parsed.ts";

/** Web origins whose pages may read answers and upload: any, or the listed ones. */
export type OriginPolicy = "*" | readonly string[];

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
