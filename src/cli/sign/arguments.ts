import { misused, numberOf, readCommandLine } from "../command-line.mjs";

/** What the command line asks for. */
export type Asked =
  | { kind: "help" }
  | { kind: "new-key"; id: string }
  | {
      kind: "sign";
      pictures: Picture[];
      keyFile: string | undefined;
      kid: string | undefined;
      seconds: number | undefined;
    };

/** A picture's URL in its parts: `before` is the scheme and the host, or nothing. */
export type Picture = { before: string; options: string; source: string };

export const USAGE = `Signs image URLs and prints them, one a line.

  npm run -s sign -- [--expires-in SECONDS] [--kid ID] [--key-file FILE]
                     URL…
  npm run -s sign -- [--expires-in SECONDS] [--kid ID] [--key-file FILE]
                     OPTIONS SOURCE
  npm run -s sign -- --new-key ID

  URL            of a picture, whole or from /image/ on
  OPTIONS SOURCE the parts of one, such as style=toon https://example.com/me.jpg
  --expires-in   until when it holds, in seconds from now; without it, for ever
  --kid          which key signs; without it the first
  --key-file     a file of keys, id:base64url, one a line; without it the
                 environment's SIGNING_KEYS
  --new-key      prints a new key of this id instead

Keys are never taken from the command line, which other users of the machine
can see.

  export SIGNING_KEYS=$(npm run -s sign -- --new-key main)
  npm run -s sign -- style=handdrawn,width=640 https://example.com/me.jpg
`;

/** @throws Complaint */
export function readArguments(args: string[]): Asked {
  const { values, positionals } = parsed(args);
  if (values.help || (positionals.length === 0 && values["new-key"] === undefined)) return { kind: "help" };
  if (values["new-key"] !== undefined) return { kind: "new-key", id: values["new-key"] };
  return {
    kind: "sign",
    pictures: picturesOf(positionals),
    keyFile: values["key-file"],
    kid: values.kid,
    seconds: secondsOf(values["expires-in"]),
  };
}

function parsed(args: string[]) {
  const text = { type: "string" } as const;
  const options = { "new-key": text, "key-file": text, kid: text, "expires-in": text };
  return readCommandLine(args, { usage: USAGE, options, takes: [0, Number.POSITIVE_INFINITY] });
}

function picturesOf(positionals: string[]): Picture[] {
  const [options = "", source] = positionals;
  const isUrl = (text: string) => text.includes("/image/");
  if (positionals.length === 2 && !isUrl(options)) return [{ before: "", options, source: source ?? "" }];
  return positionals.map((text) => {
    const [, before, options, source] = /^((?:https?:\/\/[^/]+)?)\/image\/([^/]*)\/(.+)$/.exec(text) ?? [];
    if (before === undefined || options === undefined || source === undefined) {
      throw misused(
        `"${text}" is neither a URL with /image/OPTIONS/SOURCE nor options with a source after them.`,
      );
    }
    return { before, options, source };
  });
}

const secondsOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : numberOf("--expires-in", text, { most: 999_999_999 });
