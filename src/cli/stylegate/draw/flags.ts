import type { OutputRequest as Requested } from "../../../client/index.ts";
import { OUTPUT_FORMATS, OutputRequest } from "../../../contract/api/stylizations.ts";
import { BACKDROPS, FACES, FITS, METADATA } from "../../../contract/transform/fields.ts";
import { misused } from "../../command-line.mjs";
import type { Flags } from "../command.ts";
import { list, REMOTE, text, type Values, whole } from "../flags.ts";

const string = { type: "string" } as const;

/** The options of a picture; the names are those of an image URL. */
const PICTURE: Flags = {
  width: string,
  height: string,
  dpr: string,
  fit: string,
  gravity: string,
  background: string,
  quality: string,
  strength: string,
  faces: string,
  backdrop: string,
  metadata: string,
};

export const DRAW_FLAGS: Flags = {
  ...REMOTE,
  style: { type: "string", short: "s", multiple: true },
  out: { type: "string", short: "o" },
  format: { type: "string", short: "f" },
  name: string,
  user: string,
  concurrency: { type: "string", short: "c" },
  again: { type: "boolean" },
  delete: { type: "boolean" },
  "style-version": string,
  ...PICTURE,
};

export const DRAW_HELP = `Draws photos, or folders of them.

  stylegate PHOTO… --style ID [-o OUT] [options]

  PHOTO              files, folders, or - for standard input
  -s, --style LIST   ids of stylegate styles; several make several pictures
  -o, --out OUT      a file, whose name says the format; a folder; - for
                     standard output. Without it, the folder you are in
  -f, --format F     ${OUTPUT_FORMATS.join(", ")}; without it as OUT says, or
                     jpeg
  --name PATTERN     of the files in a folder: {name}, {style}, {format}
  -c, --concurrency  photos at once; without it 4
  --again            draw what has been drawn before, too
  --user ID          whose photos these are
  --delete           have the service delete each photo once it is drawn

  --width, --height  pixels
  --dpr              1 to 4: what these are multiplied with
  --fit              ${FITS.join(", ")}
  --gravity          face, auto, left, right, top, bottom, center, 0.5x0.2
  --background       of pad: #ffffff
  --quality          1 to 100
  --strength         from 0, the photo, to 1, the drawing
  --faces            ${FACES.join(", ")}
  --backdrop         ${BACKDROPS.join(", ")}, transparent, #ff8800
  --metadata         ${METADATA.join(", ")}
  --style-version    the style's version that it must be

  --url URL          the service; without it STYLEGATE_URL, or the one on this
                     machine, or one that is started for this run
  --key-file FILE    a file with a key or a token; without it STYLEGATE_KEY
  --json             a line of JSON for each photo on standard output

  npx stylegate photo.jpg --style handdrawn -o out.webp
  npx stylegate photos --style toon,engraving --width 1080 -f webp -o drawn

A folder goes on where it was left: what has been drawn with the same options
is not drawn again. Exit code: 0, 1 where a photo could not be drawn, 130 after
Ctrl-C.`;

/** One picture of each photo, by its style. */
export type Wish = { style: string; request: Omit<Requested, "format"> };

/** @throws Complaint where an option has a value out of its range */
export function wishesOf(values: Values): Wish[] {
  const styles = [...new Set(list(values, "style") ?? [])];
  if (styles.length === 0)
    throw misused("Say in which style: --style handdrawn. stylegate styles lists them.");
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(PICTURE)) {
    const given = text(values, name);
    if (given !== undefined) options[name] = readValue(name, given);
  }
  const version = text(values, "style-version");
  if (version !== undefined) options.version = version;
  return styles.map((style) => {
    const read = OutputRequest.safeParse({ style, ...options });
    if (!read.success) throw misused(complaintOf(read.error.issues, { style, ...options }));
    // What was not asked for is left out: the service has its own defaults.
    return { style, request: { style, ...options } as Wish["request"] };
  });
}

export const concurrencyOf = (values: Values): number => whole(values, "concurrency", 1) ?? 4;

function readValue(name: string, given: string): unknown {
  const schema = OutputRequest.shape[name as keyof typeof OutputRequest.shape];
  const isNumber = schema.safeParse(1).success;
  return isNumber && given.trim() !== "" && !Number.isNaN(Number(given)) ? Number(given) : given;
}

function complaintOf(issues: { path: PropertyKey[]; message: string }[], given: Record<string, unknown>) {
  const [
    {
      path: [field = "style"],
      message,
    },
  ] = issues as [{ path: PropertyKey[]; message: string }];
  const name = String(field);
  const flag = name === "version" ? "style-version" : name;
  return `--${flag} cannot be "${given[name]}": ${message.replace(/^Invalid (?:option|input): /, "")}.`;
}
