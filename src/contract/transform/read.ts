import type { Failure } from "../problem.ts";
import { FIELDS, type Option, optionNamed, type Values } from "./fields.ts";
import { nearestOption } from "./nearest.ts";

/** The options that a text gives, each in its range. */
export type Given = Partial<Values>;

type GivenResult = { ok: true; given: Given } | Failure;

/** Longest text of options that anyone can need; beyond it nothing is looked at. */
const MAX_LENGTH = 512;

/**
 * Reads `key=value` pairs separated by commas, in any order, each at most once. The grammar is exact: nothing is trimmed, guessed or, but
 * for a colour, decoded, so that one meaning has few spellings.
 */
export function readOptions(options: string): GivenResult {
  if (options.length > MAX_LENGTH) {
    return refuse("invalid_options", `The options have more than ${MAX_LENGTH} characters.`);
  }
  const given: Given = {};
  for (const pair of options.split(",")) {
    const at = pair.indexOf("=");
    if (at < 1) return refuse("invalid_options", notAPair(pair, options));
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
    const option = optionNamed(name);
    if (!option) return refuse("unknown_option", noSuchOption(name));
    if (Object.hasOwn(given, option)) {
      return refuse("duplicate_option", `The option "${option}" is given twice.`);
    }
    const failure = set(given, option, text);
    if (failure) return failure;
  }
  return { ok: true, given };
}

/** The text that `readOptions` reads back to the same. */
export function writeOptions(given: Given): string {
  const names = Object.keys(given) as Option[];
  return names.map((name) => `${name}=${written(given, name)}`).join(",");
}

function written<Name extends Option>(given: Given, name: Name): string {
  return FIELDS[name].write(given[name] as Values[Name]);
}

function set<Name extends Option>(given: Given, name: Name, text: string): Failure | undefined {
  const { read, takes, hint } = FIELDS[name];
  const value = read(text);
  if (value === undefined) {
    const near = hint?.(text);
    const detail = `The option "${name}" takes ${takes}, not ${quote(text)}.`;
    return refuse("invalid_option", near === undefined ? detail : `${near} ${detail}`);
  }
  (given as Pick<Values, Name>)[name] = value;
  return undefined;
}

function notAPair(pair: string, options: string): string {
  if (pair === "" && options !== "") {
    const place = options.endsWith(",") ? "end" : options.startsWith(",") ? "begin" : undefined;
    return place ? `The options ${place} with a comma.` : "The options have two commas in a row.";
  }
  const encoded = /%3d/i.test(pair) ? ': write "=" and "," as they are' : "";
  return `${quote(pair)} is not of the form key=value${encoded}.`;
}

function noSuchOption(name: string): string {
  const shown = decoded(name);
  const meant = nearestOption(shown);
  return `There is no option ${quote(shown)}${meant === undefined ? "." : `; the nearest is "${meant}".`}`;
}

/** As people write it, where that may be shown. */
function decoded(text: string): string {
  try {
    const plain = decodeURIComponent(text);
    return /^[\x20-\x7e]*$/.test(plain) ? plain : text;
  } catch {
    return text;
  }
}

export const refuse = (code: Failure["code"], detail: string): Failure => ({ ok: false, code, detail });

/** Part of the request as it may appear in an answer: short, and without control characters. */
function quote(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `"${shown.replace(/[^\x20-\x7e…]/g, "?")}"`;
}
