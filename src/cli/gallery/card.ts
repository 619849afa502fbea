import { counted, sizeText } from "../text.ts";
import type { Entry, Face, Outcome, Shown, Size } from "./entry.ts";
import type { Timed } from "./server-timing.ts";
import { escaped, timeText } from "./text.ts";

type Drawn = Extract<Outcome, { kind: "drawn" }>;

/** One picture of the page. */
export function cardOf({ name, bytes, photo, outcome }: Entry, index: number): string {
  const isDrawn = outcome.kind === "drawn";
  const overlay = isDrawn && outcome.faces ? overlayOf(outcome.faces, outcome.drawn) : "";
  const second = isDrawn
    ? figure(outcome.drawing, `${name}, drawn`, overlay)
    : `<div class="complaint"><p><code>${escaped(outcome.code)}</code></p><p>${escaped(outcome.title)}.</p><p>${escaped(outcome.detail)}</p></div>`;
  const first = photo
    ? figure(photo, name, overlay)
    : `<div class="none">no preview: nothing here can decode it</div>`;
  return `<article id="picture-${index + 1}" class="${kindsOf(outcome).join(" ")}">
<h2><a href="#picture-${index + 1}" title="Show it in full width">${escaped(name)}</a></h2>
<div class="pair">${first}${second}</div>
${isDrawn ? `${barOf(outcome)}\n${factsOf(bytes, outcome)}` : `<p class="facts">${sizeText(bytes)}</p>`}
</article>`;
}

/** What the page's filter goes by. */
function kindsOf(outcome: Outcome): string[] {
  if (outcome.kind === "problem") return ["problem"];
  const kinds = new Set((outcome.faces ?? []).map(({ drawn }) => (drawn === "head" ? "heads" : "frame")));
  return kinds.size > 0 ? [...kinds] : ["faceless"];
}

const figure = ({ url, width, height }: Shown, alt: string, overlay: string) =>
  `<figure style="aspect-ratio:${width}/${height}"><img src="${url}" width="${width}" height="${height}" alt="${escaped(alt)}" loading="lazy" decoding="async">${overlay}</figure>`;

/** Boxes and landmarks over a picture of any size of these proportions. */
function overlayOf(faces: readonly Face[], { width, height }: Size): string {
  const drawn = faces.map(({ x, y, width, height, score, landmarks, drawn }) => {
    const radius = (width * 0.05).toFixed(1);
    const points = landmarks.map(([x, y]) => `<circle class="landmark" cx="${x}" cy="${y}" r="${radius}"/>`);
    const how = drawn === "head" ? "drawn by itself" : "drawn with the frame";
    return `<g><title>${how}, ${score}</title><rect class="${drawn}" x="${x}" y="${y}" width="${width}" height="${height}"/>${points.join("")}</g>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${counted(faces.length, "face")}">${drawn.join("")}</svg>`;
}

function barOf({ steps, took }: Drawn): string {
  const all = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0) || 1;
  const told = steps.map(({ step, milliseconds }) => `${step} ${timeText(milliseconds)}`).join(" · ");
  const part = ({ step, milliseconds }: Timed) =>
    `<i class="${escaped(step)}" style="width:${((100 * milliseconds) / all).toFixed(2)}%" title="${escaped(step)} ${timeText(milliseconds)}"></i>`;
  return `<div class="bar" role="img" aria-label="${escaped(told)}">${steps.map(part).join("")}</div>
<p class="steps"><b>${timeText(took)}</b> ${escaped(told)}</p>`;
}

function factsOf(bytes: number, { original, drawn, drawing, faces, calls }: Drawn): string {
  const heads = faces?.filter((face) => face.drawn === "head").length ?? 0;
  const inFrame = (faces?.length ?? 0) - heads;
  const ways = [...(heads ? [`${heads} by itself`] : []), ...(inFrame ? [`${inFrame} with the frame`] : [])];
  const facts = [
    faces ? counted(faces.length, "face") + (ways.length ? `: ${ways.join(", ")}` : "") : "faces unknown",
    `${calls.reduce((sum, [, times]) => sum + times, 0)} inferences: ${calls.map(([model, times]) => `${model} ${times}`).join(", ") || "none"}`,
    `photo ${sizeOf(original)}, ${sizeText(bytes)}`,
    `drawn at ${sizeOf(drawn)}`,
    `answer ${sizeOf(drawing)}, ${sizeText(drawing.bytes)}`,
  ];
  return `<ul class="facts">${facts.map((fact) => `<li>${escaped(fact)}</li>`).join("")}</ul>`;
}

const sizeOf = ({ width, height }: Size) => `${width} × ${height}`;
