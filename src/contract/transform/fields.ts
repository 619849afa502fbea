import { type Colour, colourHint, readColour, writeColour } from "./colour.ts";
import { CENTRE, type Gravity, readGravity, writeGravity } from "./gravity.ts";

export const FITS = ["scale-down", "contain", "cover", "crop", "pad"] as const;
export const FORMATS = ["auto", "jpeg", "webp", "avif", "png", "json"] as const;
export const METADATA = ["copyright", "none"] as const;
export const FACES = ["auto", "none"] as const;
/** What may be behind people, beside a colour. */
export const BACKDROPS = ["stylize", "keep", "blur"] as const;

export type Fit = (typeof FITS)[number];
export type Format = (typeof FORMATS)[number];

/** How the name of a file ends that has the format. */
export const EXTENSION: Record<Exclude<Format, "auto">, string> = {
  jpeg: "jpg",
  webp: "webp",
  avif: "avif",
  png: "png",
  json: "json",
};
export type Metadata = (typeof METADATA)[number];
export type Faces = (typeof FACES)[number];
export type Backdrop = (typeof BACKDROPS)[number] | Colour;

/** Pixels of a picture's side at most: a strip of a picture must not become gigapixels. Cloudflare Images has the same. */
export const MAX_SIDE = 12_000;

/** Every option's value, as it is after reading; which of them a URL has is another question. */
export type Values = {
  /** Lower-case letters, digits and hyphens, at most 64, as `preset`. */
  style: string;
  preset: string;
  /** Hexadecimal, the first 8 digits or more of a style's version. */
  version: string;
  /** 1 to MAX_SIDE. */
  width: number;
  height: number;
  /** 1–4, in hundredths: what width and height are multiplied with. */
  dpr: number;
  fit: Fit;
  gravity: Gravity;
  background: Colour;
  /** 1–100 on JPEG's scale. */
  quality: number;
  format: Format;
  /** From 0, the photo, to 1, the drawing, in hundredths. */
  strength: number;
  faces: Faces;
  backdrop: Backdrop;
  metadata: Metadata;
  onerror: "redirect";
  /** Seconds since 1970. */
  exp: number;
  kid: string;
  /** 43 characters of base64url, the only spelling of its 32 bytes. */
  sig: string;
};

export type Option = keyof Values;

type Field<Value> = {
  /** Ends the sentence "The option … takes". */
  takes: string;
  /** The exact spellings and no other: what is not one gives undefined. */
  read: (text: string) => Value | undefined;
  /** A sentence for whoever wrote a value that is nearly one. */
  hint?: (text: string) => string | undefined;
  /** The spelling in the canonical form; `read` reads it back. */
  write: (value: Value) => string;
  /** What it does, for docs/options.md. */
  means: string;
  /** Where Cloudflare Images' option of this name does something else. */
  differs?: string;
};

/** One way to write each number: no signs, leading zeros or exponents. */
const WHOLE = /^[1-9]\d{0,4}$/;
const STRENGTH = /^(?:0(?:\.\d{1,2})?|1(?:\.0{1,2})?)$/;
const DPR = /^(?:[1-3](?:\.\d{1,2})?|4(?:\.0{1,2})?)$/;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const VERSION = /^[0-9a-f]{8,64}$/;
/** Ten digits last until 2286; thirteen would be milliseconds. */
const SECONDS = /^[1-9]\d{0,9}$/;
export const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
/** 256 bits: of the last character's six bits two are zero. */
const SIGNATURE = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

const whole = (most: number, means: string): Field<number> => ({
  takes: `a whole number from 1 to ${most}`,
  read: (text) => (WHOLE.test(text) && Number(text) <= most ? Number(text) : undefined),
  write: String,
  means,
});

const matching = (pattern: RegExp, takes: string, means: string): Field<string> => ({
  takes,
  read: (text) => (pattern.test(text) ? text : undefined),
  write: (text) => text,
  means,
});

const numeric = (pattern: RegExp, takes: string, means: string): Field<number> => ({
  takes,
  read: (text) => (pattern.test(text) ? Number(text) : undefined),
  write: String,
  means,
});

const oneOf = <Value extends string>(values: readonly Value[], means: string): Field<Value> => ({
  takes: values.length > 1 ? `one of ${values.join(", ")}` : `"${values[0]}"`,
  read: (text) => values.find((value) => value === text),
  write: (value) => value,
  means,
});

/**
 * The options, in the order of docs/options.md, which is made from this. To add one: a field here, its type in Values, and if a picture
 * depends on it, its default in DEFAULTS.
 */
export const FIELDS: { [Name in Option]: Field<Values[Name]> } = {
  style: matching(
    NAME,
    "an id of GET /v1/styles",
    "What the picture is drawn like. Required, here or in the preset.",
  ),
  strength: numeric(
    STRENGTH,
    "a number from 0 to 1 with at most two decimals",
    "From the photo, 0, to the drawing, 1, in linear light. At 0 nothing is drawn, unless `gravity` looks at the drawing.",
  ),
  version: {
    ...matching(
      VERSION,
      "the first 8 or more hexadecimal digits of the style's version",
      "Pins the style's network: another one than this is answered with `unknown_version`, and a picture with `immutable`. `GET /v1/styles` tells the versions.",
    ),
    hint: () => "GET /v1/styles tells each style's version, which is no count.",
  },
  faces: oneOf(
    FACES,
    "`auto`: small faces are drawn once more, each by itself and enlarged, see [below](#faces). `none`: they are drawn with the rest of the picture alone.",
  ),
  backdrop: {
    takes: `one of ${BACKDROPS.join(", ")}, transparent, or a CSS colour as \`background\` has them`,
    read: (text) => BACKDROPS.find((backdrop) => backdrop === text) ?? readColour(text),
    hint: colourHint,
    write: (backdrop) => (typeof backdrop === "string" ? backdrop : writeColour(backdrop)),
    means:
      "What is behind people, see [below](#backdrop). `stylize`: it is drawn too. `keep`: the photo. `blur`: the drawing, out of focus. A colour, or with `transparent` nothing.",
  },
  width: whole(MAX_SIDE, "Pixels. Without it the height decides, or the picture."),
  height: whole(MAX_SIDE, "Pixels. Without it the width decides, or the picture."),
  dpr: {
    ...numeric(
      DPR,
      "a number from 1 to 4 with at most two decimals",
      "What `width` and `height` are multiplied with; their limits hold for the result. Means nothing without them.",
    ),
    differs: "Up to 4, where Cloudflare stops at 2.",
  },
  fit: {
    ...oneOf(
      FITS,
      "`scale-down`: the whole picture within width and height, never enlarged. `contain`: the same, enlarged where it is smaller. `cover`: fills width and height and cuts off the rest. `crop`: the same, never enlarged. `pad`: `contain`, and bars up to width and height.",
    ),
    differs: "No `aspect-crop`, `squeeze` and `scale-up`.",
  },
  gravity: {
    takes:
      "auto, face, left, right, top, bottom, center, or a point such as 0.5x0.33, 0x0 to 1x1 with at most three decimals",
    read: readGravity,
    write: writeGravity,
    means:
      "What `cover` and `crop` keep. A side or a point: what is left over is divided as the point divides the picture, so that 0 cuts nothing off the left or top. `auto`: what stands out. `face`: the largest face, and as many others as fit.",
    differs:
      "`auto` looks at the drawing's [contrast and skin](#gravity), and so does `face` where no face is found. No `zoom`.",
  },
  background: {
    takes: "a CSS colour: a name, %23rgb, %23rrggbb, %23rrggbbaa, rgb(…) or rgba(…), with commas as %2C",
    read: readColour,
    hint: colourHint,
    write: writeColour,
    means: "Is laid under what is transparent, and fills `pad`'s bars.",
    differs:
      "`rgb()` takes whole numbers only; no `hsl()` and newer notations. Without it bars are transparent where the format can, else white.",
  },
  format: {
    takes: `one of ${FORMATS.join(", ")}; jpg and baseline-jpeg are jpeg`,
    read: (text) =>
      text === "jpg" || text === "baseline-jpeg" ? "jpeg" : FORMATS.find((format) => format === text),
    write: (format) => format,
    means:
      "`auto`: what the client's `Accept` prefers, see [below](#format). `json`: no picture, but what is known of it, see [below](#json).",
    differs:
      "`avif` and `webp` are what is answered, or a problem: never something else. `jpeg` is baseline. `webp` is never lossless.",
  },
  quality: {
    ...whole(100, "On JPEG's scale; other formats are brought to it. PNG has none."),
    differs: "Numbers only.",
  },
  metadata: {
    takes: "one of copyright, keep, none",
    read: (text) => (text === "keep" ? "copyright" : METADATA.find((metadata) => metadata === text)),
    write: (metadata) => metadata,
    means:
      "A picture says in XMP that it was made with AI (the IPTC's digital source type). `none` drops that too. The photo's own metadata, its position and camera, are never passed on; `keep` and `copyright` are the same.",
    differs: "`keep` keeps no EXIF, and `copyright` no copyright notice.",
  },
  onerror: {
    ...oneOf(
      ["redirect"],
      "A picture that cannot be made is answered with a redirect to its source, where that may be shown.",
    ),
    differs:
      "A source whose host `ALLOWED_SOURCES` names itself, or of a signed URL, not only one of the same zone; never an upload or a refused one.",
  },
  preset: matching(
    NAME,
    "a name that the operator has defined in PRESETS",
    "Stands for the preset's options; options beside it are stronger.",
  ),
  exp: numeric(
    SECONDS,
    "seconds since 1970",
    "Until when the URL holds; caches keep the picture no longer. Only with a [signature](signing.md).",
  ),
  kid: matching(KEY_ID, "the id of a signing key", "Which key the URL is [signed](signing.md) with."),
  sig: matching(SIGNATURE, "43 characters of base64url, 32 bytes", "The [signature](signing.md)."),
};

/** Cloudflare's short names. */
const ALIASES: Record<string, Option> = { w: "width", h: "height", f: "format", q: "quality", g: "gravity" };

/** The option that a name in a URL means. */
export function optionNamed(name: string): Option | undefined {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name];
  return Object.hasOwn(FIELDS, name) ? (name as Option) : undefined;
}

/** What holds where a URL says nothing, of the options that make a Transform; a style it must say. */
export const DEFAULTS = {
  version: undefined,
  width: undefined,
  height: undefined,
  fit: "scale-down",
  gravity: CENTRE,
  background: undefined,
  quality: 85,
  format: "auto",
  strength: 1,
  faces: "auto",
  backdrop: "stylize",
  metadata: "copyright",
  onerror: undefined,
} as const satisfies { [Name in Option]?: Values[Name] | undefined };
