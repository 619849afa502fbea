import { parseArgs } from "node:util";
import { STYLES, servedStyle } from "../../contract/style.ts";
import { Complaint, MISUSED } from "../complaint.mjs";

/** What the command line asks for. */
export type Asked = { kind: "help" } | { kind: "gallery"; folder: string; style: string; out: string };

export const USAGE = `Draws every picture of a folder, and writes one page that shows them: photo and drawing, faces, times, problems.

  npm run gallery -- FOLDER [--style ID] [--out FILE]

  FOLDER   with JPEG, PNG, WebP, AVIF, HEIC and GIF files, in folders of it too
  --style  ${STYLES.map(({ id }) => id).join(", ")}; without it the first
  --out    the page's file; without it gallery.html
`;

/** @throws Complaint */
export function readArguments(args: string[]): Asked {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: "help" };
  const [folder, ...more] = positionals;
  if (folder === undefined)
    throw new Complaint(`Name a folder with pictures.\n\n${USAGE.trimEnd()}`, MISUSED);
  if (more.length > 0) throw new Complaint(`One folder is enough, "${more[0]}" is too much.`, MISUSED);
  const style = values.style ?? (STYLES[0]?.id as string);
  const served = servedStyle(style);
  if (!served.ok) throw new Complaint(served.detail, MISUSED);
  return { kind: "gallery", folder, style, out: values.out ?? "gallery.html" };
}

function parsed(args: string[]) {
  try {
    const text = { type: "string" } as const;
    return parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: "boolean" }, style: text, out: text },
    });
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : String(error), MISUSED);
  }
}
