import { encodeSrgb, srgb } from "../colour/transfer.ts";
import type { Pixels } from "../pixels.ts";
import { averagedAround, type Field } from "./field.ts";
import type { Matte } from "./matte.ts";
import { type Colours, gathered } from "./near.ts";

/** The blur's deviation as a share of the picture's longer side. */
const DEVIATION = 0.02;

/** Boxes one after the other, which make nearly a Gaussian. */
const BOXES = 3;

/** What a pixel of a person counts, so that there is something where nothing else is near. */
const LEAST = 1e-4;

/**
 * A ground out of focus, as if nobody stood before it: in linear light, and as far as it is ground, so that no colour of a person is smeared
 * into it.
 *
 * @param ground what is known of the ground's colours in each pixel
 */
export function blurred(ground: Pixels, matte: Matte): Colours {
  const { weight, colours } = gathered(
    ground,
    matte,
    (share) => 1 - share + LEAST,
    (level) => srgb(level / 255),
  );
  const deviation = DEVIATION * Math.max(weight.width, weight.height);
  const reach = Math.max(1, Math.round((Math.sqrt((12 * deviation ** 2) / BOXES + 1) - 1) / 2));
  const spread = (field: Field) => {
    let seen = field;
    for (let box = 0; box < BOXES; box++) seen = averagedAround(seen, reach);
    return seen;
  };
  const weights = spread(weight).values;
  const level = (colour: Field): Field => {
    const { values, ...size } = spread(colour);
    return { ...size, values: values.map((value, i) => levelOf(value, weights[i] as number)) };
  };
  return [level(colours[0]), level(colours[1]), level(colours[2])];
}

const levelOf = (light: number, weight: number) =>
  weight <= 0 ? 0 : encodeSrgb(Math.max(0, Math.min(1, light / weight)));
