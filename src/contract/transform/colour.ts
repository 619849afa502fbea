import { namedColour } from "./named-colours.ts";

/** sRGB and straight alpha, whole numbers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

const HEX = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/;
const CHANNEL = "(\\d{1,3})";
const ALPHA = "(\\d{1,3}%|[01]?\\.\\d{1,3}|[01])";
/** `rgb(1, 2, 3)`, `rgba(1,2,3,.5)` */
const COMMAS = new RegExp(`^rgba?\\( *${CHANNEL} *, *${CHANNEL} *, *${CHANNEL} *(?:, *${ALPHA} *)?\\)$`);
/** `rgb(1 2 3)`, `rgb(1 2 3 / 50%)` */
const SPACES = new RegExp(`^rgba?\\( *${CHANNEL} +${CHANNEL} +${CHANNEL} *(?:/ *${ALPHA} *)?\\)$`);

/**
 * Reads a CSS colour as it stands in a URL's path: a name, `transparent`, `%23rgb`, `%23rgba`, `%23rrggbb`, `%23rrggbbaa`, or `rgb()` and
 * `rgba()` with whole numbers, whose commas are to be written `%2C`. Letters of either case; undefined for anything else, also where CSS
 * would clamp.
 */
export function readColour(text: string): Colour | undefined {
  const css = decoded(text)?.toLowerCase();
  if (css === undefined) return undefined;
  if (css === "transparent") return [0, 0, 0, 0];
  const named = namedColour(css);
  if (named) return fromHex(named);
  const hex = HEX.exec(css)?.[1];
  if (hex !== undefined) return fromHex(hex.length < 6 ? hex.replace(/./g, "$&$&") : hex);
  const [, red, green, blue, alpha = "1"] = COMMAS.exec(css) ?? SPACES.exec(css) ?? [];
  const colour = [Number(red), Number(green), Number(blue), alphaOf(alpha)] as const;
  return colour.every((channel) => channel <= 255) ? colour : undefined;
}

/** What is probably wrong with a text that is no colour, as a sentence. */
export function colourHint(text: string): string | undefined {
  if (/^(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text)) return `A "#" is to be written as %23: %23${text}.`;
  return /^rgba?\([^)]*$/i.test(text)
    ? "A comma ends the option: write those within rgb() as %2C."
    : undefined;
}

/** The one spelling of a colour that the canonical form has, as it stands in a URL's path. */
export function writeColour([red, green, blue, alpha]: Colour): string {
  const channels = alpha === 255 ? [red, green, blue] : [red, green, blue, alpha];
  return `%23${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function fromHex(digits: string): Colour {
  const [red = 0, green = 0, blue = 0, alpha = 255] = (digits.match(/../g) ?? []).map((two) =>
    parseInt(two, 16),
  );
  return [red, green, blue, alpha];
}

/** Of 255; more than that where it is more than 1 or 100%. */
const alphaOf = (text: string) =>
  Math.round((text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number(text)) * 255);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
