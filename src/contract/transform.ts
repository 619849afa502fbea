import { listed } from "./listed.ts";
import type { Failure } from "./problem.ts";
import type { Colour } from "./transform/colour.ts";
import { DEFAULTS, FIELDS, type Format, MAX_SIDE, type Option, type Values } from "./transform/fields.ts";
import { NO_PRESETS, type Presets } from "./transform/presets.ts";
import { type Given, readOptions, refuse } from "./transform/read.ts";

export type { Colour } from "./transform/colour.ts";
export {
  BACKDROPS,
  type Backdrop,
  FACES,
  FITS,
  type Fit,
  FORMATS,
  type Format,
  KEY_ID,
  MAX_SIDE,
  METADATA,
  type Metadata,
} from "./transform/fields.ts";
export { CENTRE, type Gravity, type Point } from "./transform/gravity.ts";

/** What an answer is, once it is known what the client takes. */
export type AnswerFormat = Exclude<Format, "auto">;

/** What a picture is encoded as. */
export type OutputFormat = Exclude<AnswerFormat, "json">;

/** Pixels of an answer at most, for the memory that encoding takes: docs/memory.md. Some formats have less. */
export const MAX_OUTPUT_PIXELS = 2 * 1024 * 1024;

/** The same of a JPEG that is nowhere enlarged, which is written strip by strip: what there is of it is its source, decoded. */
export const MAX_JPEG_PIXELS = 16 * 1024 * 1024;

/**
 * What is to be made of a picture, presets and `dpr` applied. Every value is in its range; style and version are well formed, but may not
 * exist. An undefined side is left to the other one, or to the picture.
 */
export type Transform = {
  [Name in "style" | keyof typeof DEFAULTS]: Name extends "style" | Settled
    ? Values[Name]
    : Values[Name] | undefined;
};

/** Those with a default of their own. */
type Settled = {
  [Name in keyof typeof DEFAULTS]: undefined extends (typeof DEFAULTS)[Name] ? never : Name;
}[keyof typeof DEFAULTS];

/** By what a URL says that it was made by somebody who may; whether that is true is another question. */
export type Signature = Pick<Values, "kid" | "sig"> & { exp: number | undefined };

type TransformResult = { ok: true; transform: Transform; signature: Signature | undefined } | Failure;

/**
 * Reads a URL's options: docs/options.md.
 *
 * @example parseTransform("style=handdrawn,width=640")
 */
export function parseTransform(options: string, presets: Presets = NO_PRESETS): TransformResult {
  const read = readOptions(options);
  if (!read.ok) return read;
  const { preset, exp, kid, sig, ...own } = read.given;
  const signature = signatureOf(exp, kid, sig);
  if (signature && "ok" in signature) return signature;
  const named = presetOf(preset, own, presets);
  if ("ok" in named) return named;
  const transform = settle({ ...named, ...own });
  return "ok" in transform ? transform : { ok: true, transform, signature };
}

/** The three belong together: an expiry that anybody can take off holds nothing, and a signature of any key would be tried with all. */
function signatureOf(exp?: number, kid?: string, sig?: string): Signature | undefined | Failure {
  if (sig !== undefined && kid !== undefined) return { exp, kid, sig };
  if (sig !== undefined) return refuse("invalid_option", 'The option "sig" needs "kid" beside it.');
  const alone = exp !== undefined ? "exp" : kid !== undefined ? "kid" : undefined;
  return alone && refuse("invalid_option", `The option "${alone}" means nothing without "sig".`);
}

function presetOf(preset: string | undefined, own: Given, { named, only }: Presets): Given | Failure {
  const [beside] = Object.keys(own);
  if (only && beside !== undefined) {
    return refuse("presets_only", `The option "${beside}" is not taken here, "preset" is.`);
  }
  if (preset === undefined) return only ? refuse("presets_only", 'The options need a "preset".') : {};
  const options = named.get(preset);
  if (options) return options;
  const there = named.size > 0 ? `there are: ${listed([...named.keys()])}` : "the operator has defined none";
  return refuse("unknown_preset", `There is no preset "${preset}"; ${there}.`);
}

/** Applies what depends on other options: `dpr`, defaults, limits. */
function settle({ dpr = 1, ...given }: Given): Transform | Failure {
  const { style, width, height } = given;
  if (style === undefined) return refuse("missing_style", 'The options need a "style".');
  for (const [name, value = 1] of [
    ["width", width],
    ["height", height],
  ] as const) {
    if (Math.round(value * dpr) <= MAX_SIDE) continue;
    const detail = `The options "${name}" and "dpr" together ask for ${Math.round(value * dpr)} pixels; a side may have ${MAX_SIDE}.`;
    return refuse("invalid_option", detail);
  }
  const transform: Transform = { ...DEFAULTS, ...given, style };
  if (width !== undefined) transform.width = Math.round(width * dpr);
  if (height !== undefined) transform.height = Math.round(height * dpr);
  const most = transform.fit === "cover" ? MAX_JPEG_PIXELS : MAX_OUTPUT_PIXELS;
  if (pixelsAsked(transform) <= most) return transform;
  const asked = `${transform.width} by ${transform.height}`;
  const detail = `With "fit=${transform.fit}" the options "width" and "height" may ask for ${most} pixels, not ${asked}.`;
  return refuse("invalid_option", detail);
}

/**
 * Pixels of every answer to the options, whatever the picture's size. 0 where that decides too: then nothing is enlarged, or only as far
 * as there is room.
 */
export function pixelsAsked({
  width = 0,
  height = 0,
  fit,
}: Pick<Transform, "width" | "height" | "fit">): number {
  return fit === "cover" || fit === "pad" ? width * height : 0;
}

/** The colour under what is transparent and in `pad`'s bars, as far as the options name one: an opaque backdrop goes on there. */
export function groundOf({
  background,
  backdrop,
}: Pick<Transform, "background" | "backdrop">): Colour | undefined {
  return background ?? (typeof backdrop !== "string" && backdrop[3] === 255 ? backdrop : undefined);
}

/** Both sides are given and something may be cut off. */
const mayCut = ({ width, height, fit }: Pick<Transform, "width" | "height" | "fit">): boolean =>
  width !== undefined && height !== undefined && (fit === "cover" || fit === "crop");

/**
 * The one spelling that stands for all equal ones: sorted, defaults left out, presets and `dpr` applied. `parseTransform` reads it back to
 * the same value.
 */
export function canonical(transform: Transform): string {
  const names = ["style", ...Object.keys(DEFAULTS)] as (keyof Transform)[];
  return names
    .sort()
    .map((name) => [name, spelled(name, transform[name])] as const)
    .filter(
      ([name, text]) => text !== undefined && (name === "style" || text !== spelled(name, DEFAULTS[name])),
    )
    .map((pair) => pair.join("="))
    .join(",");
}

/**
 * The canonical form of what decides an answer's bytes, for cache keys: without what only decides whether there is one, and without what
 * means nothing beside the rest.
 */
export function pictureOptions(transform: Transform, format: AnswerFormat): string {
  const { version, onerror, gravity, quality, background, metadata } = DEFAULTS;
  return canonical({
    ...transform,
    format,
    version, // keys have the style's own
    onerror,
    ...(mayCut(transform) ? {} : { gravity }),
    ...(format === "png" ? { quality } : {}),
    ...(format === "json" ? { quality, background, metadata } : {}),
  });
}

function spelled<Name extends Option>(name: Name, value: Values[Name] | undefined): string | undefined {
  return value === undefined ? undefined : FIELDS[name].write(value);
}
