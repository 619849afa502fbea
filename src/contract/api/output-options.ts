import type { OutputRequest } from "./stylizations.ts";

/**
 * An output as the options of an image URL, which `parseTransform` reads: there is one grammar, and one place that says what a value may be.
 *
 * @example optionsOf({ style: "toon", format: "jpeg", … }) // "style=toon,format=jpeg,…"
 */
export function optionsOf(output: OutputRequest): string {
  return Object.entries(output)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${written(value)}`]))
    .join(",");
}

/** Numbers have two decimals at most there; a colour's `#` would begin a URL's fragment. */
const written = (value: string | number) =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : value.replace("#", "%23");
