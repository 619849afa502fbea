/**
 * `npm run render:toon -- --to DIR [--count 120] [--seed 1]`: the exemplars of the style `toon`, flat vector portraits by facesjs
 * (Apache-2.0), drawn as PNG of 512 pixels by resvg. The same seed gives the same pictures, byte for byte.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { type FaceConfig, faceToSvgString, generate, svgsIndex } from "facesjs";
import { command, misused, numberOf } from "../../src/cli/command-line.mjs";
import { unusable } from "../../src/cli/files.mjs";

const SIZE = 512;
/**
 * facesjs draws on 400 × 600: hair from 95 or so, eyes at 310, chin at 525, shoulders cut at 600. This square makes the head two
 * thirds of the picture's height, as in the portraits that the network is to draw, and ends above the cut.
 */
const VIEW = "-120 -46 640 640";
const RACES = ["white", "asian", "brown", "black"] as const;
/** What adults wear, as [garment, trim, detail]; none near white, which would pass for paper. */
const CLOTHES: [string, string, string][] = [
  ["#2f4858", "#8aa1ac", "#18262f"],
  ["#7a1f2b", "#d9a441", "#3f0f16"],
  ["#3f6b4f", "#c9c08a", "#1f3627"],
  ["#89bfd3", "#2b5d78", "#12303f"],
  ["#c96f4a", "#5b2e1d", "#3a1c11"],
  ["#5c4a7d", "#b7a3d6", "#2d2341"],
  ["#d2a93c", "#6d4f12", "#3c2b08"],
  ["#4a4a4f", "#9a9aa2", "#232326"],
  ["#c98aa0", "#7d3f57", "#3f1d2b"],
  ["#b9b2a3", "#6b6454", "#35312a"],
];
const GARMENTS = ["baseball", "baseball2", "baseball4", "hockey2", "jersey", "jersey2", "jersey5"];
const GRAY_HAIR = ["#8d8f94", "#a9aaad", "#c4c4c4", "#6f6a66"];
const BEARDS = [
  "beard1 beard2 beard3 beard4 chin-strap fullgoatee fullgoatee2 goatee-thin-stache goatee4-stache goatee1",
  "honest-abe logan mustache-thin mustache1 mutton neckbeard2 sideburns1 sideburns2 soul-stache wilt",
]
  .join(" ")
  .split(" ");
const FRIENDLY = ["smile", "smile2", "smile3", "smile4", "smile-closed"];
/** No portrait has them: what hides the face, and what is a joke. */
const NEVER = new Set(
  "facemask honker pinocchio angry santa-hat eye-black none female11 female12 eye10 eye15".split(" "),
);

type Chance = () => number;

/** A generator of numbers in 0 … 1 (mulberry32, public domain): small, and the same everywhere. */
function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** facesjs draws its lots from Math.random alone, so that is what the seed replaces while it does. */
function generateWith(chance: Chance, ...options: Parameters<typeof generate>): FaceConfig {
  const original = Math.random;
  Math.random = chance;
  try {
    return generate(...options);
  } finally {
    Math.random = original;
  }
}

/** Portrait number `index`: women and men in turn, every skin tone of facesjs as often, one in five old, one in four with glasses. */
function portrait(index: number, chance: Chance): FaceConfig {
  const gender = index % 2 ? "male" : "female";
  const race = RACES[(index >> 1) % RACES.length] ?? "white";
  const face = generateWith(chance, {}, { gender, race });
  const among = <T>(choices: readonly T[]): T => choices[Math.floor(chance() * choices.length)] as T;
  const allowed = (ids: readonly string[]) => ids.filter((id) => !NEVER.has(id));
  const between = (low: number, high: number) => Math.round((low + chance() * (high - low)) * 100) / 100;

  const old = chance() < 0.2;
  face.body.color = darkened(face.body.color, between(0.9, 1));
  face.teamColors = among(CLOTHES);
  face.jersey.id = among(GARMENTS);
  face.glasses.id = chance() < 0.25 ? among(allowed(svgsIndex.glasses)) : "none";
  face.accessories.id = chance() < 0.05 ? among(allowed(svgsIndex.accessories)) : "none";
  face.facialHair.id = gender === "male" && chance() < 0.4 ? among(BEARDS) : "none";
  if (NEVER.has(face.nose.id)) face.nose.id = "small";
  if (NEVER.has(face.mouth.id) || chance() < 0.4) face.mouth.id = among(FRIENDLY);
  if (NEVER.has(face.eye.id)) face.eye.id = gender === "male" ? "eye12" : "female10";
  if (NEVER.has(face.hair.id)) face.hair.id = "female5";
  face.eyebrow.angle = Math.round(between(-8, 8));
  face.fatness = gender === "male" ? between(0.1, 0.9) : between(0, 0.5);
  face.ear.size = between(0.6, 1.1);
  face.smileLine.size = between(0.5, 1.5);
  if (old) {
    face.hair.color = among(GRAY_HAIR);
    face.miscLine.id = `forehead${1 + Math.floor(chance() * 5)}`;
    face.smileLine.id = `line${1 + Math.floor(chance() * 4)}`;
    if (gender === "male" && chance() < 0.3) face.hair.id = "short-bald";
  }
  return face;
}

/** The colour #rrggbb with every channel times `gain`: tones between those of facesjs' palette. */
function darkened(colour: string, gain: number): string {
  const channels = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
  const scaled = channels.map((value) => Math.round(value * gain));
  return `#${scaled.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function png(face: FaceConfig): Uint8Array {
  const svg = faceToSvgString(face)
    .replace('viewBox="0 0 400 600"', `viewBox="${VIEW}"`)
    .replace('width="100%"', `width="${SIZE}"`)
    .replace('height="100%"', `height="${SIZE}"`);
  return new Resvg(svg, { background: "white", font: { loadSystemFonts: false } }).render().asPng();
}

const USAGE = `Draws flat vector portraits, exemplars that anyone may train on; the same for the same seed.

  npm run render:toon -- --to DIR [--count N] [--seed N]

  --to DIR    where they are written; it is made
  --count N   of them, 1 … 100000 (120)
  --seed N    0 … 1000000 (1)
`;

const text = { type: "string" } as const;

await command({ usage: USAGE, options: { to: text, count: text, seed: text } }, ({ values }) => {
  const { to } = values;
  if (!to) throw misused("--to DIR says where the portraits are written: it is missing.");
  const count = numberOf("--count", values.count ?? "120", { most: 100_000 });
  const seed = numberOf("--seed", values.seed ?? "1", { least: 0 });
  try {
    mkdirSync(to, { recursive: true });
  } catch (error) {
    throw unusable(to, error, "written");
  }
  for (let index = 0; index < count; index++) {
    // A seed of its own for each, so that a longer run begins with a shorter one's pictures.
    const face = portrait(index, chanceOf(seed * 1_000_003 + index));
    writeFileSync(join(to, `toon-${String(index).padStart(3, "0")}.png`), png(face));
  }
  process.stdout.write(`${to}: ${count} portraits\n`);
});
