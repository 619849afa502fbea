import { describe, expect, it } from "vitest";
import { paint, psnr } from "../../../../tests/fixtures/pictures/picture.ts";
import { probe } from "../../source/probe.ts";
import { encode, type Pixels } from "../index.ts";
import { resize } from "../resize.ts";
import { Detail } from "./detail.ts";
import { type Enlargement, enlarge, longSideFor } from "./enlarge.ts";
import { type Photo, roomFor, withPhoto } from "./photo.ts";

/** A dark disc on a light ground, with a fine grating and a hard edge. */
const scene = (side: number): Pixels =>
  paint(side, side, (x, y) => {
    const [u, v] = [x / side - 0.5, y / side - 0.5];
    const light = Math.hypot(u, v) < 0.3 ? 60 : 190;
    const grating = u < 0 && v < 0 ? 20 * Math.sin(x / 2) : 0;
    return [light + grating, light + grating, light + grating, 255];
  });

const rowsOf = ({ width, height, data }: Pixels): Photo => ({
  width,
  height,
  read: (y, rgba) => rgba.set(data.subarray(y * width * 4, (y + 1) * width * 4)),
});

async function enlarged(drawn: Pixels, photo: Pixels, wanted: Partial<Enlargement> = {}, strength = 1) {
  const whole = { width: photo.width, height: photo.height };
  const plan = { whole, crop: { x: 0, y: 0, ...whole }, size: whole, ...wanted };
  const data = new Uint8ClampedArray(plan.size.width * plan.size.height * 4);
  let at = 0;
  await enlarge(drawn, rowsOf(photo), plan, strength, (row) => {
    data.set(row, at);
    at += row.length;
  });
  expect(at).toBe(data.length);
  return { ...plan.size, data };
}

const inverted = ({ data, ...size }: Pixels): Pixels => ({
  ...size,
  data: data.map((value, i) => (i % 4 === 3 ? value : 255 - value)),
});
const flat = (side: number, value: number) => paint(side, side, () => [value, value, value, 255]);

describe("a drawing that is shown larger", () => {
  const photo = scene(320);

  it("has the photo's edges where it follows the photo", async () => {
    const drawn = await resize(photo, 80, 80);
    const plain = await resize(drawn, 320, 320);
    const better = await enlarged(drawn, photo);
    expect(psnr(better, photo)).toBeGreaterThan(psnr(plain, photo) + 3);
  });

  it("has nothing of the photo where it is flat", async () => {
    const result = await enlarged(flat(80, 120), photo);
    expect(psnr(result, flat(320, 120))).toBe(Number.POSITIVE_INFINITY);
  });

  it("keeps what it draws the other way round as it is drawn", async () => {
    const drawn = inverted(await resize(photo, 80, 80));
    const result = await enlarged(drawn, photo);
    expect(psnr(result, inverted(photo))).toBeGreaterThan(
      psnr(await resize(drawn, 320, 320), inverted(photo)) - 2,
    );
  });

  it("is the photo at strength 0, and lies between at others", async () => {
    const drawn = flat(80, 250);
    expect((await enlarged(drawn, photo, {}, 0)).data).toEqual(photo.data);
    const half = await enlarged(drawn, photo, {}, 0.5);
    for (let i = 0; i < half.data.length; i += 4) {
      expect(half.data[i]).toBeGreaterThanOrEqual(photo.data[i] as number);
      expect(half.data[i]).toBeLessThanOrEqual(250);
    }
  });

  it("is not moved: a ramp stays where it is, also in a part of the picture", async () => {
    const ramp = paint(300, 200, (x, y) => [x * 0.8, y, 128, 255]);
    const drawn = await resize(ramp, 75, 50);
    const crop = { x: 60, y: 40, width: 120, height: 100 };
    const part = await enlarged(drawn, ramp, { crop, size: { width: 120, height: 100 } });
    for (let y = 5; y < 95; y++)
      for (let x = 5; x < 115; x++) {
        const i = (y * 120 + x) * 4;
        expect(Math.abs((part.data[i] as number) - (60 + x) * 0.8)).toBeLessThan(1.6);
        expect(Math.abs((part.data[i + 1] as number) - (40 + y))).toBeLessThan(1.6);
      }
  });

  it("keeps the photo's transparency", async () => {
    const holed = paint(64, 64, (x) => [90, 90, 90, x < 32 ? 0 : 255]);
    const { data } = await enlarged(flat(32, 200), holed);
    expect([data[3], data[63 * 4 + 3]]).toEqual([0, 255]);
  });

  it("has no fringe of what is hidden beside its edge", async () => {
    const photo = paint(128, 128, (x) => [30, 30, 30, x < 64 ? 0 : 255]);
    const drawn = paint(32, 32, (x) => (x < 16 ? [255, 255, 255, 0] : [30, 30, 30, 255]));
    const { data } = await enlarged(drawn, photo);
    for (let x = 64; x < 128; x++)
      expect(Math.abs((data[(64 * 128 + x) * 4] as number) - 30)).toBeLessThan(2);
  });

  it("wants its photo at the drawing's size", () => {
    expect(() => new Detail(flat(8, 0), flat(9, 0))).toThrow(RangeError);
  });
});

describe("a photo in rows", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)(
    "of a JPEG with orientation %i is upright",
    async (orientation) => {
      const stored = paint(64, 48, (x, y) => [x * 4, y * 5, 90, 255]);
      const file = await encode(stored, "jpeg", 100);
      const probed = probe(file);
      if (!probed.ok) throw new Error(probed.detail);
      const { decode } = await import("../index.ts");
      const upright = await decode(file, { ...probed, orientation }, { longSide: 64 });
      await withPhoto(file, { ...probed, orientation }, 64, async ({ width, height, read }) => {
        expect({ width, height }).toEqual({ width: upright.width, height: upright.height });
        const row = new Uint8ClampedArray(width * 4);
        for (let y = 0; y < height; y++) {
          read(y, row);
          expect(row).toEqual(upright.data.subarray(y * width * 4, (y + 1) * width * 4));
        }
      });
    },
  );

  it("that is broken is told so", async () => {
    const file = await encode(scene(64), "jpeg", 80);
    const probed = probe(file);
    if (!probed.ok) throw new Error(probed.detail);
    const half = file.slice(0, file.length / 2);
    await expect(withPhoto(half, probed, 64, async () => 1)).rejects.toThrow(/JPEG/);
  });

  it.each([
    ["jpeg", 4000, 3000, { always: 0, samples: 54e6 }, 12e6],
    ["jpeg", 8000, 6000, { always: 0, samples: 216e6 }, 12e6],
    ["jpeg", 4000, 3000, { always: 36e6, samples: 54e6 }, 3e6], // progressive
    ["jpeg", 9000, 6000, { always: 99e6, samples: 1e6 }, 0],
    ["png", 4000, 3000, undefined, 12e6],
    ["heic", 4000, 3000, undefined, 6 * 1024 * 1024],
  ] as const)(
    "of %s with %i × %i pixels has room for some of them",
    (format, width, height, decoding, room) => {
      const probed = { ok: true, format, width, height, orientation: 1, hasAlpha: false } as const;
      expect(roomFor(decoding === undefined ? probed : { ...probed, decoding }, 4e6)).toBe(room);
    },
  );
});

it("the photo needs as many pixels as are to be shown", () => {
  const whole = { width: 4000, height: 3000 };
  const crop = { x: 0, y: 0, width: 1000, height: 1000 };
  expect(longSideFor({ whole, crop, size: { width: 500, height: 500 } })).toBe(2002); // two for rounding
  expect(longSideFor({ whole, crop, size: { width: 1000, height: 1000 } })).toBe(4000);
});
