import type { Failure } from "./problem.ts";

export const FITS = ["scale-down", "contain", "cover", "crop", "pad"] as const;
export const FORMATS = ["auto", "jpeg", "webp", "avif", "png"] as const;

export type Fit = (typeof FITS)[number];
export type Format = (typeof FORMATS)[number];

/** What a picture is encoded as, once it is known what the client takes. */
export type OutputFormat = Exclude<Format, "auto">;

/** Pixels of a picture's side at most: a strip of a picture must not become gigapixels. */
export const MAX_SIDE = 2048;

/** Pixels of an answer at most, for the memory that encoding takes: docs/memory.md. Some formats have less. */
export const MAX_OUTPUT_PIXELS = 2 * 1024 * 1024;

/** What is to be made of a picture. Every value is in its range; the style is well formed, but may not exist. */
export type Transform = {
  /** Lower-case letters, digits and hyphens, at most 64. */
  style: string;
  /** Pixels, 1 to MAX_SIDE; undefined leaves the side to the other one, or to the picture. */
  width: number | undefined;
  height: number | undefined;
  fit: Fit;
  /** 1–100 on JPEG's scale. */
  quality: number;
  format: Format;
  /** From 0, the photo, to 1, the drawing, in hundredths. */
  strength: number;
};

export type TransformResult = { ok: true; transform: Transform } | Failure;

type Option = keyof Transform;

const DEFAULTS = {
  width: undefined,
  height: undefined,
  fit: "scale-down",
  quality: 85,
  format: "auto",
  strength: 1,
} as const;

/** Longest text of options that anyone can need; beyond it nothing is looked at. */
const MAX_LENGTH = 512;

/** One way to write each value: no signs, leading zeros or exponents. */
const SIDE = /^[1-9]\d{0,3}$/;
const QUALITY = /^[1-9]\d{0,2}$/;
const STRENGTH = /^(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?)$/;
const STYLE = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

type Field<Value> = { takes: string; read: (text: string) => Value | undefined };

const side: Field<number> = {
  takes: `a whole number from 1 to ${MAX_SIDE}`,
  read: (text) => (SIDE.test(text) && Number(text) <= MAX_SIDE ? Number(text) : undefined),
};

/** To add an option: a field here, its type in Transform, its default in DEFAULTS, its line in the README. */
const FIELDS: { [Name in Option]: Field<Transform[Name]> } = {
  style: { takes: "an id of GET /v1/styles", read: (text) => (STYLE.test(text) ? text : undefined) },
  width: side,
  height: side,
  fit: { takes: `one of ${FITS.join(", ")}`, read: (text) => FITS.find((fit) => fit === text) },
  quality: {
    takes: "a whole number from 1 to 100",
    read: (text) => (QUALITY.test(text) && Number(text) <= 100 ? Number(text) : undefined),
  },
  format: {
    takes: `one of ${FORMATS.join(", ")}`,
    read: (text) => FORMATS.find((format) => format === text),
  },
  strength: {
    takes: "a number from 0 to 1 with at most two decimals",
    read: (text) => (STRENGTH.test(text) ? Number(text) : undefined),
  },
};

const isOption = (name: string): name is Option => Object.hasOwn(FIELDS, name);

/**
 * Reads `key=value` pairs separated by commas, in any order, each at most once. The grammar is exact: nothing is decoded, trimmed or
 * guessed, so that one meaning has few spellings.
 *
 * @example parseTransform("style=handdrawn,width=640")
 */
export function parseTransform(options: string): TransformResult {
  if (options.length > MAX_LENGTH) {
    return refuse("invalid_options", `The options have more than ${MAX_LENGTH} characters.`);
  }
  const given: Partial<Transform> = {};
  for (const pair of options.split(",")) {
    const at = pair.indexOf("=");
    if (at < 1) return refuse("invalid_options", `${quote(pair)} is not of the form key=value.`);
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
    if (!isOption(name)) return refuse("unknown_option", `There is no option ${quote(name)}.`);
    if (Object.hasOwn(given, name)) return refuse("duplicate_option", `The option "${name}" is given twice.`);
    const failure = set(given, name, text);
    if (failure) return failure;
  }
  const { style } = given;
  if (style === undefined) return refuse("missing_style", 'The options need a "style".');
  const transform = { ...DEFAULTS, ...given, style };
  if (pixelsAsked(transform) > MAX_OUTPUT_PIXELS) {
    const asked = `${transform.width} by ${transform.height}`;
    const detail = `With "fit=${transform.fit}" the options "width" and "height" may ask for ${MAX_OUTPUT_PIXELS} pixels, not ${asked}.`;
    return refuse("invalid_option", detail);
  }
  return { ok: true, transform };
}

/**
 * Pixels of every answer to the options, whatever the picture's size. 0 where that decides too: then nothing is enlarged, or only as far
 * as there is room.
 */
export function pixelsAsked({ width = 0, height = 0, fit }: Transform): number {
  return fit === "cover" || fit === "pad" ? width * height : 0;
}

/**
 * The one spelling that stands for all equal ones: sorted, defaults left out. `parseTransform` reads it back to the same value; it is
 * part of cache keys.
 */
export function canonical(transform: Transform): string {
  return Object.keys(FIELDS)
    .filter(isOption)
    .filter((name) => name === "style" || transform[name] !== DEFAULTS[name])
    .sort()
    .map((name) => `${name}=${transform[name]}`)
    .join(",");
}

function set<Name extends Option>(given: Partial<Transform>, name: Name, text: string): Failure | undefined {
  const { read, takes } = FIELDS[name];
  const value = read(text);
  if (value === undefined) {
    return refuse("invalid_option", `The option "${name}" takes ${takes}, not ${quote(text)}.`);
  }
  given[name] = value;
  return undefined;
}

const refuse = (code: Failure["code"], detail: string): Failure => ({ ok: false, code, detail });

/** Part of the request as it may appear in an answer: short, and without control characters. */
function quote(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `"${shown.replace(/[^\x20-\x7e…]/g, "?")}"`;
}
