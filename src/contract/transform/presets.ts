import { complain, entriesOf, type Parsed } from "../parsed.ts";
import { FIELDS, type Option } from "./fields.ts";
import { type Given, readOptions } from "./read.ts";

/** What the operator has given names to. */
export type Presets = {
  named: ReadonlyMap<string, Given>;
  /** Nothing but them may be asked for. */
  only: boolean;
};

export const NO_PRESETS: Presets = { named: new Map(), only: false };

/** What belongs to one URL and not to many, or would be a preset of presets. */
const NOT_IN_PRESETS: readonly Option[] = ["preset", "exp", "kid", "sig"];

/**
 * Reads `name:options`, separated by semicolons or lines: the options as in a URL, which have neither, so that what was tried in one can be
 * pasted, where JSON would have to be quoted inside TOML and the shell.
 *
 * @example parsePresets("avatar:style=handdrawn,width=256,height=256,fit=cover,gravity=face; card:style=handdrawn,width=640")
 */
export function parsePresets(text: string): Parsed<Presets["named"]> {
  const named = new Map<string, Given>();
  for (const entry of entriesOf(text, /[;\n]/)) {
    const at = entry.indexOf(":");
    const name = at < 0 ? undefined : FIELDS.preset.read(entry.slice(0, at).trim());
    if (name === undefined) {
      return complain(
        `"${entry}" does not begin with a name of lower-case letters, digits and hyphens, and a colon.`,
      );
    }
    if (named.has(name)) return complain(`"${name}" is there twice.`);
    const options = readOptions(entry.slice(at + 1).trim());
    if (!options.ok) return complain(`"${name}": ${options.detail}`);
    const wrong = NOT_IN_PRESETS.find((option) => Object.hasOwn(options.given, option));
    if (wrong) return complain(`"${name}" must not have the option "${wrong}".`);
    named.set(name, options.given);
  }
  return { ok: true, value: named };
}
