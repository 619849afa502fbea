import { median } from "../../tests/support/percentile.ts";
import type { Compared, Pair } from "./compare.ts";
import { psnr } from "./difference.ts";

const HEAD = [
  "change",
  "photo: MAE",
  "drawing: MAE",
  "PSNR, dB",
  "drawing : photo",
  "in faces: MAE",
  "PSNR, dB",
  "drawing : photo",
  "in heads drawn alone: MAE",
  "in faces of the frame: MAE",
  "found or lost",
  "head or frame",
  "landmarks",
];

/** A row for each change, as Markdown: the median, and the worst in brackets. */
export function table(compared: readonly Compared[]): string {
  const changes = [...new Set(compared.map(({ change }) => change))];
  const rows = changes.map((change) => {
    const all = compared.filter((one) => one.change === change);
    const overall = all.map((one) => one.overall);
    const faces = all.flatMap((one) => one.faces ?? []);
    const flips = all.map((one) => one.flips);
    const count = flips.reduce((sum, one) => sum + one.faces, 0);
    const found = flips.reduce((sum, one) => sum + one.lost + one.gained, 0);
    const switched = flips.reduce((sum, one) => sum + one.switched, 0);
    const moved = flips.flatMap((one) => one.moved);
    return [
      change,
      median(overall.map(({ photo }) => photo.absolute)).toFixed(2),
      ...columns(overall),
      ...columns(faces),
      ...[all.flatMap((one) => one.heads ?? []), all.flatMap((one) => one.framed ?? [])].map((pairs) =>
        medianAndWorst(
          pairs.map(({ drawing }) => drawing.absolute),
          2,
        ),
      ),
      `${found} of ${count}`,
      `${switched} of ${count}`,
      medianAndWorst(
        moved.map((share) => share * 100),
        1,
        " %",
      ),
    ];
  });
  return [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function columns(pairs: readonly Pair[]): string[] {
  const changed = pairs.every(({ photo }) => photo.absolute > 0);
  return [
    medianAndWorst(
      pairs.map(({ drawing }) => drawing.absolute),
      2,
    ),
    medianAndWorst(
      pairs.map(({ drawing }) => psnr(drawing)),
      1,
      "",
      -1,
    ),
    changed
      ? medianAndWorst(
          pairs.map(({ photo, drawing }) => drawing.absolute / photo.absolute),
          2,
        )
      : "–",
  ];
}

/** @param towards -1 where the least is the worst */
function medianAndWorst(values: readonly number[], digits: number, unit = "", towards = 1): string {
  if (values.length === 0) return "–";
  const worst = towards * Math.max(...values.map((value) => towards * value));
  return `${median(values).toFixed(digits)}${unit} (${worst.toFixed(digits)}${unit})`;
}
