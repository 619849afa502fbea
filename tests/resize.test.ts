import { readFile } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import type { Pixels } from "../src/edge/image/pixels.ts";
import { decode, probe, resize } from "./support/image.ts";
import { ssim } from "./support/ssim.ts";

/** The WebAssembly is workerd's; so is the engine that runs it. */
const photo = sharp(await readFile("src/edge/page/sample.jpg"));
const { width: WIDTH, height: HEIGHT } = await photo.metadata();

async function pixelsOf(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) };
}

const sharpOf = ({ width, height, data }: Pixels) => sharp(data, { raw: { width, height, channels: 4 } });

/** What libvips makes of it: Lanczos3 over sRGB as it is. */
const reference = (picture: Sharp, width: number, height: number) =>
  pixelsOf(picture.resize(width, height, { fit: "fill", kernel: "lanczos3" }));

const opaque = await pixelsOf(photo.clone());

/** A disc with a soft edge, in which every alpha occurs, on nothing. */
const transparent: Pixels = { ...opaque, data: opaque.data.slice() };
for (let y = 0; y < HEIGHT; y++) {
  for (let x = 0; x < WIDTH; x++) {
    const far = Math.hypot(x / WIDTH - 0.5, y / HEIGHT - 0.5);
    transparent.data[(y * WIDTH + x) * 4 + 3] = 255 * Math.min(1, Math.max(0, (0.45 - far) * 8));
  }
}

describe("resized pictures look as sharp has them", () => {
  for (const [kind, picture] of [
    ["opaque", opaque],
    ["transparent", transparent],
  ] as const) {
    it.each([0.9, 0.75, 0.61, 0.5, 0.37, 0.25, 0.12])(`${kind}, to %f`, async (ratio) => {
      const [width, height] = [Math.round(WIDTH * ratio), Math.round(HEIGHT * ratio)];
      const similarity = ssim(
        await resize(picture, width, height),
        await reference(sharpOf(picture), width, height),
      );
      expect(similarity).toBeGreaterThan(0.98);
    });
  }
  it("by different ratios across and down", async () => {
    const similarity = ssim(await resize(opaque, 300, 150), await reference(sharpOf(opaque), 300, 150));
    expect(similarity).toBeGreaterThan(0.98);
  });
  it("and the measure tells other ways to resize apart", async () => {
    const nearest = await pixelsOf(sharpOf(opaque).resize(200, 200, { kernel: "nearest" }));
    expect(ssim(await resize(opaque, 200, 200), nearest)).toBeLessThan(0.97);
  });
});

/** The photo with grain, as large as a phone's would be for the ratio. */
async function enlarged(side: number): Promise<Sharp> {
  const grain = await sharp({
    create: {
      width: side,
      height: side,
      channels: 3,
      background: "gray",
      noise: { type: "gaussian", mean: 128, sigma: 12 },
    },
  })
    .png()
    .toBuffer();
  const large = await photo
    .clone()
    .resize(side, side)
    .composite([{ input: grain, blend: "soft-light" }])
    .png()
    .toBuffer();
  return sharp(large);
}

describe("decoded at reduced scale, too", async () => {
  const large = await enlarged(1600);
  const files = {
    jpeg: await large.clone().jpeg({ quality: 92 }).toBuffer(),
    png: await large.clone().png({ compressionLevel: 1 }).toBuffer(),
    webp: await large.clone().webp({ quality: 92 }).toBuffer(),
    avif: await large.clone().avif({ quality: 80, effort: 0 }).toBuffer(),
  };
  for (const [format, file] of Object.entries(files)) {
    it.each([768, 400, 150])(`${format}, to %i`, async (side) => {
      const bytes = new Uint8Array(file);
      const probed = probe(bytes);
      if (!probed.ok) throw new Error(probed.detail);
      const similarity = ssim(
        await decode(bytes, probed, { longSide: side }),
        await reference(sharp(file), side, side),
      );
      expect(similarity).toBeGreaterThan(0.98);
    });
  }
});
