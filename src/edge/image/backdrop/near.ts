import type { Pixels } from "../pixels.ts";
import { averagedAround, type Field, fieldOf } from "./field.ts";
import type { Matte } from "./matte.ts";

/** Red, green and blue, 0–255, on a grid. */
export type Colours = readonly [red: Field, green: Field, blue: Field];

/** The alpha that a pixel counts with. */
const OPAQUE = 255;

/** Cells of the longer side: what is averaged over a hundredth of a picture needs no more. */
const GRID = 256;

/** Cells to each side in which a colour is looked for: where too little of one is close by, the wider surroundings count. */
const REACHES = [27, 8, 3];

/** What the wider surroundings count beside what lies closer, as a share of a place that is all what is looked for. */
const LITTLE = 0.02;

/** What a pixel counts that is a person in part, or ground in part: the mixed colour is neither's. */
const sure = (share: number): number => share ** 8;

/** How much more of people there must be in the one than in the other, for the two to be told apart. */
const APART = 0.3;

/**
 * The colours that people have near each place of a picture, and those of the ground: means of what is mostly the one or the other, close by where
 * there is any. What both means still have of the other is known from the matte, and taken out. After Forte 2021, Approximate Fast
 * Foreground Colour Estimation, but on a small grid, and with little weight on what is mixed.
 *
 * @param matte of the picture's size
 */
export function coloursNear(picture: Pixels, matte: Matte): { people: Colours; ground: Colours } {
  const people = meansOf(gathered(picture, matte, (share) => sure(share)));
  const ground = meansOf(gathered(picture, matte, (share) => sure(1 - share)));
  separate(people, ground);
  return { people: people.colours, ground: ground.colours };
}

/** Solves for the two colours of which both means are mixtures, where they are different ones. In place. */
function separate(people: Means, ground: Means): void {
  const inPeople = people.share.values;
  const inGround = ground.share.values;
  for (let c = 0; c < 3; c++) {
    const mostlyPeople = (people.colours[c] as Field).values;
    const mostlyGround = (ground.colours[c] as Field).values;
    for (let i = 0; i < inPeople.length; i++) {
      const p = inPeople[i] as number;
      const g = inGround[i] as number;
      if (p - g < APART) continue;
      const person = mostlyPeople[i] as number;
      const behind = mostlyGround[i] as number;
      mostlyPeople[i] = ((1 - g) * person - (1 - p) * behind) / (p - g);
      mostlyGround[i] = (p * behind - g * person) / (p - g);
    }
  }
}

/** Colours, and the share of people in them. */
type Means = { colours: Colours; share: Field };

/** Of the cells of a grid the weights of their pixels, and the pixels' colours and people's shares times that. */
export type Gathered = { weight: Field; colours: Colours; share: Field };

/**
 * @param weightOf what a pixel counts, beside its alpha, by people's share in it
 * @param lightOf what of a level is averaged
 */
export function gathered(
  { width, height, data }: Pixels,
  matte: Matte,
  weightOf: (share: number) => number,
  lightOf: (level: number) => number = (level) => level,
): Gathered {
  const scale = Math.min(1, GRID / Math.max(width, height));
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const [weight, share, red, green, blue] = [0, 1, 2, 3, 4].map(() => fieldOf(size)) as Five;
  const weights = table((level) => weightOf(level / 255));
  const lights = table(lightOf);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * size.height) / height) * size.width;
    for (let x = 0; x < width; x++, at++) {
      const person = matte.data[at] as number;
      const counts = (weights[person] as number) * (data[4 * at + 3] as number);
      if (counts === 0) continue;
      const cell = row + Math.floor((x * size.width) / width);
      add(weight.values, cell, counts);
      add(share.values, cell, (counts * person) / 255);
      add(red.values, cell, counts * (lights[data[4 * at] as number] as number));
      add(green.values, cell, counts * (lights[data[4 * at + 1] as number] as number));
      add(blue.values, cell, counts * (lights[data[4 * at + 2] as number] as number));
    }
  }
  return { weight, share, colours: [red, green, blue] };
}

type Five = [Field, Field, Field, Field, Field];

/** Of each of the 256 levels. */
const table = (of: (level: number) => number) => Float32Array.from({ length: 256 }, (_, level) => of(level));

function add(values: Float32Array, at: number, value: number): void {
  values[at] = (values[at] as number) + value;
}

function meansOf({ weight, colours, share }: Gathered): Means {
  const all = total(weight);
  const weights = REACHES.map((reach) => averagedAround(weight, reach).values);
  const mean = (of: Field): Field => {
    const means = fieldOf(of);
    means.values.fill(all === 0 ? 0 : total(of) / all);
    for (const [at, reach] of REACHES.entries())
      narrow(means.values, averagedAround(of, reach).values, weights[at] as Float32Array);
    return means;
  };
  return { colours: [mean(colours[0]), mean(colours[1]), mean(colours[2])], share: mean(share) };
}

/** From the means of wider surroundings to those of closer ones, as far as there is anything. In place. */
function narrow(means: Float32Array, sums: Float32Array, counts: Float32Array): void {
  const rest = LITTLE * OPAQUE;
  for (let i = 0; i < means.length; i++)
    means[i] = ((sums[i] as number) + rest * (means[i] as number)) / ((counts[i] as number) + rest);
}

function total({ values }: Field): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
