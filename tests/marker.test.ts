import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { OutputFormat } from "../src/contract/transform.ts";
import type { Pixels } from "../src/edge/image/pixels.ts";
import { paint, picture } from "./fixtures/pictures/picture.ts";
import { encode } from "./support/image.ts";

/** As libvips finds it, which is not what wrote it. */
async function sourceType(file: Uint8Array): Promise<unknown> {
  const { xmpAsString = "" } = await sharp(file).metadata();
  const [, prefix] =
    /xmlns:(\w+)="http:\/\/iptc\.org\/std\/Iptc4xmpExt\/2008-02-29\/"/.exec(xmpAsString) ?? [];
  return new RegExp(`\\b${prefix}:DigitalSourceType="([^"]+)"`).exec(xmpAsString)?.[1];
}

const pixelsOf = async (file: Uint8Array): Promise<Buffer> => sharp(file).raw().toBuffer();

const FORMATS: OutputFormat[] = ["jpeg", "png", "webp", "avif"];
const PICTURES: [string, Pixels][] = [
  ["opaque", picture()],
  ["transparent", picture("graded")],
  ["of one pixel", paint(1, 1, () => [200, 100, 50, 255])],
  ["of odd sides", paint(33, 17, (x, y) => [x * 7, y * 11, 90, 255])],
];

describe.each(FORMATS)("%s", (format) => {
  it.each(PICTURES)("says that it was edited by generative AI, %s", async (_, pixels) => {
    const [plain, marked] = [
      await encode(pixels, format, 80),
      await encode(pixels, format, 80, { marker: true }),
    ];
    expect(await sourceType(plain)).toBeUndefined();
    expect(await sourceType(marked)).toBe(
      "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
    );
    expect(await pixelsOf(marked)).toEqual(await pixelsOf(plain));
    expect(marked.length - plain.length).toBeLessThan(800);
  });
});
