import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignment, type Face, HEAD_SIDE, isPlausible, type Landmarks, TEMPLATE } from "./face.ts";
import { headsOf } from "./heads.ts";
import { mosaicOf } from "./mosaic.ts";
import { apply, closest, inverse, type Place, type Similarity, scaleOf } from "./similarity.ts";
import { type Turns, turned, turnedBack } from "./turn.ts";

const similarities: fc.Arbitrary<Similarity> = fc
  .record({
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    dx: fc.double({ min: -1024, max: 1024, noNaN: true }),
    dy: fc.double({ min: -1024, max: 1024, noNaN: true }),
  })
  .map(({ scale, angle, dx, dy }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), dx, dy }));
const places: fc.Arbitrary<Place> = fc.tuple(
  fc.double({ min: 0, max: 1024, noNaN: true }),
  fc.double({ min: 0, max: 1024, noNaN: true }),
);

const distance = ([x, y]: Place, [u, v]: Place) => Math.hypot(x - u, y - v);

const BOX = { left: 0, top: 0, right: 10, bottom: 10 };

const faceOf = (landmarks: readonly Place[], box = BOX): Face => ({
  box,
  score: 1,
  landmarks: landmarks as unknown as Landmarks,
});

/** A face somewhere in a picture, whose landmarks are a little off. */
const faces = fc
  .tuple(
    similarities,
    fc.array(fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -8, max: 8 })), {
      minLength: 5,
      maxLength: 5,
    }),
  )
  .map(([toPicture, off]) =>
    faceOf(TEMPLATE.map(([x, y], i) => apply(toPicture, [x + (off[i]?.[0] ?? 0), y + (off[i]?.[1] ?? 0)]))),
  );

describe("an alignment", () => {
  it("and its inverse bring every place back to within half a pixel", () => {
    fc.assert(
      fc.property(faces, places, (face, place) => {
        const toHead = alignment(face);
        if (!toHead) throw new Error("no alignment");
        expect(distance(apply(inverse(toHead), apply(toHead, place)), place)).toBeLessThan(0.5);
        expect(distance(apply(toHead, apply(inverse(toHead), place)), place)).toBeLessThan(0.5);
      }),
    );
  });

  it("brings the landmarks of an upright face where they belong, however it lies in the picture", () => {
    fc.assert(
      fc.property(similarities, (toPicture) => {
        const toHead = alignment(faceOf(TEMPLATE.map((place) => apply(toPicture, place))));
        if (!toHead) throw new Error("no alignment");
        for (const place of TEMPLATE)
          expect(distance(apply(toHead, apply(toPicture, place)), place)).toBeLessThan(0.01);
      }),
    );
  });

  it("is the best one: turning, scaling or moving it brings landmarks no closer", () => {
    const miss = (similarity: Similarity, face: Face) =>
      face.landmarks.reduce(
        (sum, place, i) => sum + distance(apply(similarity, place), TEMPLATE[i] as Place) ** 2,
        0,
      );
    fc.assert(
      fc.property(
        faces,
        fc.constantFrom("a", "b", "dx", "dy"),
        fc.constantFrom(0.99, 1.01),
        (face, part, factor) => {
          const best = alignment(face);
          if (!best) throw new Error("no alignment");
          const other = { ...best, [part]: best[part] * factor };
          expect(miss(other, face)).toBeGreaterThanOrEqual(miss(best, face) * (1 - 1e-9));
        },
      ),
    );
  });

  it("has the height of a face in profile, whose eyes are one behind the other", () => {
    const profile = TEMPLATE.map(
      ([x, y], i): Place => [i === 2 ? x - 30 : HEAD_SIDE / 2 + (x - HEAD_SIDE / 2) * 0.1, y],
    );
    const similarity = closest(profile, TEMPLATE);
    expect(similarity && scaleOf(similarity)).toBeCloseTo(1, 0);
  });

  it("is none where all landmarks are in one place", () => {
    expect(alignment(faceOf(TEMPLATE.map(() => [3, 4])))).toBeUndefined();
  });

  it("leaves room for hair above the eyes, and for the chin below the mouth", () => {
    const [eye, , , mouth] = TEMPLATE as readonly [Place, Place, Place, Place, Place];
    const face = mouth[1] - eye[1];
    expect(eye[1]).toBeGreaterThan(1.5 * face);
    expect(HEAD_SIDE - mouth[1]).toBeGreaterThan(0.9 * face);
  });
});

describe("headsOf", () => {
  const face = (scale: number, width = 140, height = 180) =>
    faceOf(
      TEMPLATE.map(([x, y]): Place => [x / scale, y / scale]),
      { left: 0, top: 0, right: width / scale, bottom: height / scale },
    );
  const scales = (heads: readonly { alignment: Similarity }[]) =>
    heads.map((head) => scaleOf(head.alignment).toFixed(2));

  it("takes the largest of those that gain by it", () => {
    const all = [face(3), face(0.8), face(1.5), face(8), face(1), face(2)];
    expect(scales(headsOf(all, 3))).toEqual(["1.50", "2.00", "3.00"]);
    expect(scales(headsOf(all, 64))).toEqual(["1.50", "2.00", "3.00", "8.00"]);
    expect(headsOf(all, 0)).toEqual([]);
  });

  it.each([
    ["a wide box, of a head that lies on its side", face(3, 180, 100)],
    ["landmarks that lie close together in it", face(3, 400, 500)],
    ["landmarks far outside it", face(3, 50, 60)],
    ["landmarks in one place", faceOf(TEMPLATE.map(() => [3, 4]))],
  ])("leaves what has %s to the frame", (_, odd) => {
    expect(headsOf([odd], 8)).toEqual([]);
  });

  it("fades them out as they come near the size of an aligned head, without a jump", () => {
    const shares = Array.from({ length: 60 }, (_, i) => headsOf([face(0.9 + i / 100)], 1)[0]?.share ?? 0);
    expect(shares.slice(0, 11)).toEqual(Array(11).fill(0));
    expect(shares.at(-1)).toBe(1);
    for (const [i, share] of shares.entries()) {
      const step = share - (shares[i - 1] ?? 0);
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThan(0.07);
    }
  });
});

describe("a mosaic of the other ways up", () => {
  it.each([
    [300, 200, 600],
    [1024, 700, 1024],
    [700, 1000, 1000],
    [513, 40, 512],
    [1, 1, 2],
  ])("of %i × %i pixels has %i a side, and each way up where it says", (width, height, side) => {
    const [x, y] = [Math.floor(width * 0.3), Math.floor(height * 0.4)];
    const data = new Uint8Array(width * height * 3);
    for (let j = -8; j <= 8; j++) {
      for (let i = -8; i <= 8; i++) {
        const inside = x + i >= 0 && x + i < width && y + j >= 0 && y + j < height;
        if (inside) data.fill(255, ((y + j) * width + x + i) * 3, ((y + j) * width + x + i) * 3 + 3);
      }
    }
    const { picture, turnsAt } = mosaicOf({ width, height, data });
    expect([picture.width, picture.height]).toEqual([side, side]);
    const scale = side / 2 / Math.max(width, height);
    for (const [left, top, turns] of [
      [0, 0, 1],
      [side / 2, 0, 3],
      [0, side / 2, 2],
    ] as const) {
      const [u, v] =
        turns === 1
          ? [height - 1 - y, x]
          : turns === 2
            ? [width - 1 - x, height - 1 - y]
            : [y, width - 1 - x];
      const [px, py] = [left + Math.floor(u * scale), top + Math.floor(v * scale)];
      expect(turnsAt(px + 0.5, py + 0.5)).toBe(turns);
      expect(picture.data[(py * side + px) * 3], `${turns}`).toBe(255);
    }
    expect(turnsAt(side - 0.5, side - 0.5)).toBeUndefined();
  });
});

describe("turning a picture", () => {
  const turns: fc.Arbitrary<Turns> = fc.constantFrom(0, 1, 2, 3);

  it("takes each place along, with the face in it", () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(size, size, turns, fc.nat(), (width, height, by, at) => {
        const data = new Uint8Array(width * height * 3);
        const pixel = at % (width * height);
        data.set([1, 2, 3], pixel * 3);
        const seen = turned({ width, height, data }, by);
        const found = seen.data.indexOf(1) / 3;
        const centre: Place = [(found % seen.width) + 0.5, Math.floor(found / seen.width) + 0.5];
        const back = turnedBack(faceOf(TEMPLATE.map(() => centre)), by, { width, height });
        expect(back.landmarks[0]).toEqual([(pixel % width) + 0.5, Math.floor(pixel / width) + 0.5]);
      }),
    );
  });

  it("keeps a face plausible", () => {
    const upright = faceOf(TEMPLATE, { left: 70, top: 60, right: 215, bottom: 250 });
    for (const by of [0, 1, 2, 3] as const)
      expect(isPlausible(turnedBack(upright, by, { width: 400, height: 300 })), `${by}`).toBe(true);
  });

  it("keeps a box a box", () => {
    fc.assert(
      fc.property(turns, (by) => {
        const { box } = turnedBack(faceOf(TEMPLATE), by, { width: 100, height: 50 });
        expect([box.right - box.left, box.bottom - box.top]).toEqual([10, 10]);
      }),
    );
  });

  it("clockwise brings the top left to the top right", () => {
    const data = Uint8Array.from({ length: 2 * 3 * 3 }, (_, i) => i);
    const { width, height, data: seen } = turned({ width: 3, height: 2, data }, 1);
    expect([width, height]).toEqual([2, 3]);
    expect([...seen.subarray(3, 6)]).toEqual([0, 1, 2]);
  });
});
