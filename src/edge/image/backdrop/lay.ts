import type { Backdrop } from "../../../contract/transform.ts";
import type { Pixels } from "../pixels.ts";
import { blurred } from "./blur.ts";
import { between, rowOf } from "./field.ts";
import type { Matte } from "./matte.ts";
import { type Colours, coloursNear } from "./near.ts";

/**
 * The people of a drawing before another ground. Where a pixel is a person and ground in parts, each part gets its own colour first, so that none of
 * the old ground is left in hair, and none of the hair in the ground.
 *
 * @param drawing its transparency stays, but for colours: those are behind what is transparent too
 * @param matte of the drawing's size
 * @param photo what `keep` shows, of the same size
 * @throws RangeError where a size differs
 */
export function layBackdrop(
  drawing: Pixels,
  matte: Matte,
  backdrop: Exclude<Backdrop, "stylize">,
  photo: Pixels | undefined,
): Pixels {
  for (const other of [matte, photo ?? drawing])
    if (other.width !== drawing.width || other.height !== drawing.height)
      throw new RangeError("The drawing, the matte and the photo differ in size.");
  const people = mixed(drawing, matte);
  if (typeof backdrop !== "string") return onColour(drawing, people, matte, backdrop);
  if (backdrop === "blur") return onBlur(drawing, people, matte);
  if (!photo) throw new RangeError("There is no photo to keep.");
  return onPhoto(drawing, people, photo, matte);
}

/** The colours of people and ground in a row of a picture, into `people` and `ground`, 0–255 each, three a pixel. */
type Rows = {
  read: (y: number) => void;
  people: Float32Array;
  ground: Float32Array;
};

/** Takes what the two are near a pixel, and gives both as much of the rest as the pixel has of them. */
function mixed(picture: Pixels, matte: Matte): Rows {
  const { width, height, data } = picture;
  const near = coloursNear(picture, matte);
  const [readPeople, readGround] = [rows(near.people, picture), rows(near.ground, picture)];
  const people = new Float32Array(width * 3);
  const ground = new Float32Array(width * 3);
  const read = (y: number) => {
    if (y < 0 || y >= height) throw new RangeError(`There is no row ${y}.`);
    readPeople(y, people);
    readGround(y, ground);
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const share = (matte.data[at] as number) / 255;
      for (let c = 0; c < 3; c++) {
        const front = people[3 * x + c] as number;
        const behind = ground[3 * x + c] as number;
        const rest = (data[4 * at + c] as number) - share * front - (1 - share) * behind;
        people[3 * x + c] = level(front + share * rest);
        ground[3 * x + c] = level(behind + (1 - share) * rest);
      }
    }
  };
  return { read, people, ground };
}

const level = (value: number) => Math.max(0, Math.min(255, value));

/** Reads the rows of a picture's size from three grids, between their cells. */
function rows(colours: Colours, { width, height }: Pixels): (y: number, into: Float32Array) => void {
  const { width: columns, height: lines } = colours[0];
  const across = between(width, columns);
  const down = between(height, lines);
  const line = new Float32Array(width);
  return (y, into) => {
    for (const [c, colour] of colours.entries()) {
      rowOf(colour, down.cell[y] as number, down.share[y] as number, across, line);
      for (let x = 0; x < width; x++) into[3 * x + c] = line[x] as number;
    }
  };
}

function onPhoto(drawing: Pixels, people: Rows, photo: Pixels, matte: Matte): Pixels {
  const ground = mixed(photo, matte);
  return joinRows(drawing, matte, people, (y) => {
    ground.read(y);
    return ground.ground;
  });
}

function onBlur(drawing: Pixels, people: Rows, matte: Matte): Pixels {
  const read = rows(blurred(withoutPeople(drawing, people), matte), drawing);
  const row = new Float32Array(drawing.width * 3);
  return joinRows(drawing, matte, people, (y) => {
    read(y, row);
    return row;
  });
}

/** The picture with the ground's own colours, behind people with those of its surroundings. */
function withoutPeople({ width, height, data: drawn }: Pixels, { read, ground }: Rows): Pixels {
  const data = new Uint8ClampedArray(drawn.length);
  for (let y = 0, at = 0; y < height; y++) {
    read(y);
    for (let x = 0; x < width; x++, at++) {
      for (let c = 0; c < 3; c++) data[4 * at + c] = ground[3 * x + c] as number;
      data[4 * at + 3] = drawn[4 * at + 3] as number;
    }
  }
  return { width, height, data };
}

function joinRows(
  { width, height, data: drawn }: Pixels,
  matte: Matte,
  people: Rows,
  groundOf: (y: number) => Float32Array,
): Pixels {
  const data = new Uint8ClampedArray(drawn.length);
  for (let y = 0, at = 0; y < height; y++) {
    people.read(y);
    const ground = groundOf(y);
    for (let x = 0; x < width; x++, at++) {
      const share = (matte.data[at] as number) / 255;
      for (let c = 0; c < 3; c++) {
        const front = people.people[3 * x + c] as number;
        const behind = ground[3 * x + c] as number;
        data[4 * at + c] = behind + share * (front - behind);
      }
      data[4 * at + 3] = drawn[4 * at + 3] as number;
    }
  }
  return { width, height, data };
}

/** Porter–Duff "over", of the people's own alpha times the matte. */
function onColour(
  { width, height, data: drawn }: Pixels,
  people: Rows,
  matte: Matte,
  colour: readonly number[],
): Pixels {
  const data = new Uint8ClampedArray(drawn.length);
  const below = (colour[3] as number) / 255;
  for (let y = 0, at = 0; y < height; y++) {
    people.read(y);
    for (let x = 0; x < width; x++, at++) {
      const share = ((matte.data[at] as number) / 255) * ((drawn[4 * at + 3] as number) / 255);
      const rest = below * (1 - share);
      const alpha = share + rest;
      if (alpha === 0) continue; // data is transparent black already
      for (let c = 0; c < 3; c++) {
        data[4 * at + c] =
          ((people.people[3 * x + c] as number) * share + (colour[c] as number) * rest) / alpha;
      }
      data[4 * at + 3] = alpha * 255;
    }
  }
  return { width, height, data };
}
