import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { styleById } from "../../contract/style.ts";
import { counted, sizeText } from "../text.ts";
import { cardOf } from "./card.ts";
import type { Entry } from "./entry.ts";
import { escaped, timeText } from "./text.ts";
import { totalsOf } from "./totals.ts";

/** The steps of `Server-Timing`, as the page names and colours them. */
const STEPS = [
  "lookup",
  "source",
  "wait",
  "decode",
  "moderate",
  "infer",
  "detect",
  "heads",
  "compose",
  "encode",
  "store",
];

const FILTERS = [
  ["all", "all"],
  ["heads", "with heads drawn by themselves"],
  ["frame", "with faces in the frame"],
  ["faceless", "without faces"],
  ["problem", "problems"],
];

const SIZE = "%SIZE%";

/** One HTML file that needs no other. */
export async function pageOf(
  entries: readonly Entry[],
  { folder, style }: { folder: string; style: string },
): Promise<string> {
  const styles = await Promise.all(["../../edge/page/colours.css", "gallery.css"].map(text));
  const used = new Set(
    entries.flatMap(({ outcome }) => (outcome.kind === "drawn" ? outcome.steps.map(({ step }) => step) : [])),
  );
  const name = styleById(style)?.name ?? style;
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${escaped(folder)} in ${escaped(name)}</title>
<style>
${styles.join("\n")}</style>
<header>
  <h1>${escaped(name)}</h1>
  <p class="folder">${escaped(folder)}</p>
  ${totals(entries)}
  <form>
    <fieldset>
      <legend>Show</legend>
      ${FILTERS.map(([id, label], i) => `<label><input type="radio" name="show" id="show-${id}"${i === 0 ? " checked" : ""}> ${label}</label>`).join("\n      ")}
    </fieldset>
    <fieldset>
      <legend>Faces</legend>
      <label><input type="checkbox" id="boxes" checked> boxes</label>
      <label><input type="checkbox" id="landmarks"> landmarks</label>
      <span class="key"><svg viewBox="0 0 20 14" aria-hidden="true"><rect class="head" x="2" y="2" width="16" height="10"/></svg> drawn by itself</span>
      <span class="key"><svg viewBox="0 0 20 14" aria-hidden="true"><rect class="frame" x="2" y="2" width="16" height="10"/></svg> with the frame</span>
    </fieldset>
    <fieldset>
      <legend>Steps</legend>
      ${STEPS.filter((step) => used.has(step))
        .map((step) => `<span class="key"><i class="${step}"></i> ${step}</span>`)
        .join("\n      ")}
      <span class="soft">detect runs beside infer</span>
    </fieldset>
  </form>
</header>
<main>
${entries.map(cardOf).join("\n")}
</main>
`;
  return page.replace(SIZE, sizeText(Buffer.byteLength(page)));
}

function totals(entries: readonly Entry[]): string {
  const { pictures, drawings, problems, faces, heads, median, ninetieth } = totalsOf(entries);
  const figures = [
    [`${pictures}`, pictures === 1 ? "picture" : "pictures"],
    [`${drawings}`, drawings === 1 ? "drawing" : "drawings"],
    [`${problems}`, problems === 1 ? "problem" : "problems"],
    [`${faces}`, `${faces === 1 ? "face" : "faces"}, ${counted(heads, "head")} drawn alone`],
    ...(drawings > 0
      ? [
          [timeText(median), "median"],
          [timeText(ninetieth), "90th percentile"],
        ]
      : []),
    [SIZE, "this file"],
  ];
  return `<dl class="totals">${figures.map(([value, label]) => `<div><dt>${label}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

const text = (path: string) => readFile(fileURLToPath(new URL(path, import.meta.url)), "utf8");
