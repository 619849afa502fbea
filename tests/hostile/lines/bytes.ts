import { expect } from "vitest";
import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { pixelAt } from "../../fixtures/pictures/picture.ts";
import { latin, u8, u16 } from "../../support/heif.ts";
import { decode, probe } from "../../support/image.ts";
import { type HostileFile, hostileFiles, type Verdict } from "../files/index.ts";
import { segment } from "../files/jpeg.ts";
import { codeOf, draws, type Hostile, image, type LineTest } from "./line.ts";

const FILES = hostileFiles(1);

/** Whatever of the corpus has such a name; all that can happen to those files is corpus.test.ts's matter. */
const named = (pattern: RegExp) => FILES.filter(({ name }) => pattern.test(name));

async function verdict(service: Hostile, file: HostileFile): Promise<Verdict | undefined> {
  const answer = await service.ask(
    "open",
    image(service.offer(`line-${FILES.indexOf(file)}`, file.make()), "format=png"),
  );
  return answer.status === 200 ? "picture" : codeOf(answer);
}

const all =
  (pattern: RegExp, atLeast: number) =>
  async (service: Hostile): Promise<void> => {
    const files = named(pattern);
    expect(files.length).toBeGreaterThanOrEqual(atLeast);
    for (const file of files) expect(file.verdicts, file.name).toContain(await verdict(service, file));
  };

/** With Exif that says how it is turned. Exif 3.0 §4.6.5.1. */
function turned(orientation: number): Uint8Array {
  const jpeg = readPicture("baseline-444.jpg");
  const entry = joined([u16(0x112), u16(3), u8(0, 0, 0, 1), u16(orientation), u16(0)]);
  const exif = joined([latin("Exif\0\0MM\0*\0\0\0\x08"), u16(1), entry, u8(0, 0, 0, 0)]);
  return joined([jpeg.subarray(0, 2), segment(0xe1, exif), jpeg.subarray(2)]);
}

/** In which corner the red patch of the fixtures' first row and column is to be seen: right? below? */
const CORNERS = [undefined, [0, 0], [1, 0], [1, 1], [0, 1], [0, 0], [1, 0], [1, 1], [0, 1]] as const;

/** A camera's Exif, its place and its owner. */
const SECRETS = ["GPS 51.5007N 0.1246W", "Serial 0815-4711", "Owner A. Nonymous"];

function telling(): Uint8Array {
  const jpeg = readPicture("rgb.jpg");
  const notes = SECRETS.map((secret, i) =>
    segment([0xe1, 0xed, 0xfe][i] as number, latin(`Exif\0\0${secret}`)),
  );
  return joined([jpeg.subarray(0, 2), ...notes, jpeg.subarray(2), latin(SECRETS.join())]);
}

export const BYTES = {
  "PNG/GIF/WebP/JPEG bombs (dimensions × frames from the header first) [decompression bomb]": all(
    /^(?:PNG|GIF|WebP|JPEG|HEIF): .*(?:65535 × 65535|16383 × 16383|2²⁴ × 2²⁴|2³¹−1|10,000 frames)/,
    14,
  ),
  "zTXt and iCCP bombs [decompression bomb]": all(/^PNG: (?:zTXt|iTXt|iCCP) of 1 GB/, 3),
  truncation: all(
    /^rgb\.png: cut off|^(?:progressive-444|p3)\.jpg: cut off|^\S+\.(?:webp|avif|heic|gif): cut off/,
    12,
  ),
  "APNG lies": all(/^PNG: APNG/, 6),
  "arithmetic JPEG": all(/^JPEG: arithmetic/, 3),
  CMYK: all(/^JPEG: (?:CMYK|YCCK|four components)/, 3),
  "16 bit": async (service) => {
    for (const name of ["rgb-16bit.png", "rgba-16bit-interlaced.png"] as const)
      await draws(service, "open", image(service.offer(name, readPicture(name))));
    await all(/^JPEG: 1[26] bits/, 2)(service);
  },
  "bad ICC": all(/profile|iCCP/, 12),

  "orientation 1–8": async (service) => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const source = service.offer(`turned-${orientation}.jpg`, turned(orientation));
      const { bytes } = await draws(service, "open", image(source, "format=png,strength=0"));
      const probed = probe(bytes);
      if (!probed.ok) throw new Error(probed.detail);
      expect([probed.width, probed.height]).toEqual(orientation < 5 ? [64, 48] : [48, 64]);
      const pixels = await decode(bytes, probed, { longSide: 64 });
      const [right, below] = CORNERS[orientation] as readonly [number, number];
      const [red, green] = pixelAt(pixels, right * (probed.width - 9) + 4, below * (probed.height - 9) + 4);
      expect(red - green, `orientation ${orientation}`).toBeGreaterThan(150);
    }
  },

  "GPS leakage [privacy]": async (service) => {
    const source = service.offer("telling.jpg", telling());
    for (const format of ["jpeg", "png", "webp", "avif", "json"])
      for (const options of ["", ",metadata=keep", ",strength=0"]) {
        const { status, bytes } = await service.ask("open", image(source, `format=${format}${options}`));
        expect(status).toBe(200);
        for (const secret of SECRETS) expect(bytes.includes(secret)).toBe(false);
      }
  },

  "polyglots (always re-encode, nosniff, CSP) [XSS]": async (service) => {
    for (const file of named(/^polyglot/)) {
      const answer = await service.ask(
        "open",
        image(service.offer(`poly-${FILES.indexOf(file)}`, file.make())),
      );
      expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(answer.headers.get("Content-Security-Policy")).toBe("default-src 'none'; sandbox");
      expect(answer.bytes.includes(file.payload ?? "\0none\0")).toBe(false);
    }
  },

  "SVG/XXE (reject)": all(/^no picture: (?:SVG|XXE|a billion)/, 9),
} satisfies Record<string, LineTest>;
