import { nearest } from "../../contract/transform/nearest.ts";
import { numberOf, readCommandLine } from "../command-line.mjs";
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
export function readFlags(args: string[], { flags, takes, help }: Command) {
  const { values, positionals } = readCommandLine(args, { usage: help, options: flags, takes, unknown });
  const isHelp = (values as Values).help === true;
  return { isHelp, values: values as Values, names: positionals };
}

function unknown(flag: string, names: readonly string[]): string {
  if (flag === "--key")
    return "A key is never taken from the command line, which other users of the machine can see: set STYLEGATE_KEY, or name a file with --key-file.";
  const meant = nearest(flag.replace(/^-+/, ""), names);
  return `There is no ${flag}${meant ? `; did you mean --${meant}?` : "; --help lists what there is."}`;
}

export const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
};

/** @throws Complaint */
export function whole(values: Values, name: string, least = 0): number | undefined {
  const given = text(values, name);
  if (given === undefined) return undefined;
  return numberOf(`--${name}`, given, { least, most: 999_999_999 });
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
