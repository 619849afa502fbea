import { STYLES, servedStyle } from "../../contract/style.ts";
import { misused, readCommandLine } from "../command-line.mjs";

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
  const text = { type: "string" } as const;
  const options = { style: text, out: text };
  const { values, positionals } = readCommandLine(args, { usage: USAGE, options, takes: [1, 1] });
  if (values.help) return { kind: "help" };
  const [folder = ""] = positionals;
  const style = values.style ?? (STYLES[0]?.id as string);
  const served = servedStyle(style);
  if (!served.ok) throw misused(served.detail);
  return { kind: "gallery", folder, style, out: values.out ?? "gallery.html" };
}
