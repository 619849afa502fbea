import { parseArgs } from "node:util";
import { nearest } from "../../contract/transform/nearest.ts";
import { Complaint, MISUSED } from "../complaint.mjs";
import type { Command, Flags } from "./command.ts";

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Of every command that asks a service. */
export const REMOTE: Flags = {
  url: { type: "string" },
  "key-file": { type: "string" },
  json: { type: "boolean" },
};

export const REMOTE_HELP = `  --url URL        the service; without it STYLEGATE_URL, or that of npm start
  --key-file FILE  a file with a key or a token; without it STYLEGATE_KEY
  --json           the service's own answer, for scripts`;

/** @throws Complaint */
export function readFlags(args: string[], { name, flags, takes: [least, most], help }: Command) {
  const options: Flags = { ...flags, help: { type: "boolean", short: "h" } };
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name === "key" && !("key" in flags))
      throw misused(
        "A key is never taken from the command line, which other users of the machine can see: set STYLEGATE_KEY, or name a file with --key-file.",
      );
    const known = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!known) throw misused(unknown(token.rawName, Object.keys(options)));
    if (known.type === "string" && token.value === undefined)
      throw misused(`${token.rawName} takes a value.`);
    if (known.type === "boolean" && token.value !== undefined)
      throw misused(`${token.rawName} takes no value.`);
  }
  const { values, positionals } = parseArgs({ args, options, strict: false, allowPositionals: true });
  if (values.help) return { isHelp: true as const, values, names: positionals };
  if (positionals.length < least) throw misused(`${usageLine(help)}`);
  if (positionals.length > most) throw misused(`stylegate ${name}: "${positionals[most]}" is too much.`);
  return { isHelp: false as const, values: values as Values, names: positionals };
}

/** A complaint about the command line itself. */
export const misused = (sentence: string) => new Complaint(sentence, MISUSED);

function unknown(flag: string, names: readonly string[]): string {
  const meant = nearest(flag.replace(/^-+/, ""), names);
  return `There is no ${flag}${meant ? `; did you mean --${meant}?` : "; --help lists what there is."}`;
}

/** The part of a help text that says how the command is written. */
const usageLine = (help: string) => /^ {2}(stylegate .*)$/m.exec(help)?.[1] ?? help;

export const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};

/** @throws Complaint */
export function whole(values: Values, name: string, least = 0): number | undefined {
  const given = text(values, name);
  if (given === undefined) return undefined;
  if (/^\d{1,9}$/.test(given) && Number(given) >= least) return Number(given);
  throw misused(`--${name} takes a whole number${least > 0 ? ` from ${least}` : ""}, not "${given}".`);
}

/** `a,b` and repeated flags: both are lists. */
export function list(values: Values, name: string): string[] | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  return [value]
    .flat()
    .flatMap((each) => String(each).split(","))
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
