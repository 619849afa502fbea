import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PICTURE_NAMES, type PictureName, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import {
  ascii,
  gifWithNotes,
  joined,
  jpegWithNotes,
  pngWithNotes,
  SECRET,
  webpWithNotes,
} from "../../../tests/fixtures/pictures/notes.ts";
import { sha256 } from "../../contract/encoding.ts";
import { decode } from "../image/index.ts";
import { bare } from "./bare.ts";
import { Reader } from "./probe/bytes.ts";
import { readItems } from "./probe/heif-items.ts";
import { type Probe, probe } from "./probe.ts";

const LARGE = { longSide: 4096 };

function probed(bytes: Uint8Array): Probe {
  const result = probe(bytes);
  if (!result.ok) throw new Error(result.detail);
  return result;
}

function bared(bytes: Uint8Array): Uint8Array {
  const left = bare(bytes, probed(bytes));
  if (!left.ok) throw new Error(left.detail);
  return left.bytes;
}

/** By their digest: comparing millions of numbers one by one takes a while. */
async function pixelsOf(bytes: Uint8Array) {
  const { width, height, data } = await decode(bytes, probed(bytes), LARGE);
  return {
    width,
    height,
    sha256: await sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  };
}

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
/** Its notes' bytes, and a box that nobody knows, say more. */
function heifWithNotes(name: PictureName): Uint8Array {
  const file = readPicture(name);
  for (const { start, end } of notesOf(file)) file.set(ascii(SECRET).subarray(0, end - start), start);
  return joined(file, [0, 0, 0, 8 + SECRET.length], ascii("uuid"), ascii(SECRET));
}

function notesOf(heif: Uint8Array) {
  const items = readItems(new Reader(heif));
  if ("code" in items) throw new Error(items.detail);
  return [...items.byId.values()].filter(({ type }) => type === "Exif").flatMap(({ extents }) => extents);
}

it("the AVIF with Exif has some, whose bytes are zeros then", () => {
  const file = readPicture("exif-6.avif");
  const left = bared(file);
  expect(notesOf(file).length).toBeGreaterThan(0);
  for (const { start, end } of notesOf(file)) {
    expect(text(file.subarray(start, end))).toContain("Exif");
    expect(left.subarray(start, end)).toEqual(new Uint8Array(end - start));
  }
});

describe("of a file with notes, the picture is left and nothing else:", () => {
  const files: [string, Uint8Array][] = [
    ...[1, 6].flatMap((orientation): [string, Uint8Array][] => [
      [`a JPEG, orientation ${orientation}`, jpegWithNotes(orientation)],
      [`a PNG, orientation ${orientation}`, pngWithNotes(orientation)],
      [`a WebP, orientation ${orientation}`, webpWithNotes(orientation)],
    ]),
    ["a GIF", gifWithNotes()],
    ["an AVIF", heifWithNotes("exif-6.avif")],
    ["a HEIC", heifWithNotes("tiled-turned.heic")],
  ];
  it.each(files)("%s", async (_, file) => {
    const words = SECRET.slice(0, 12);
    expect(text(file)).toContain(words);
    const left = bared(file);
    expect(text(left)).not.toContain(words);
    expect(probed(left)).toEqual(probed(file));
    expect(await pixelsOf(left)).toEqual(await pixelsOf(file));
    expect(bared(left)).toEqual(left);
  });
});

describe("every picture decodes to the same pixels as before:", () => {
  // One of 48 megapixels takes half a minute to decode, and is built as tiled.heic is.
  it.each(PICTURE_NAMES.filter((name) => name !== "phone.heic"))("%s", async (name) => {
    const file = readPicture(name);
    const known = probe(file);
    if (!known.ok) return expect(known.code).not.toBe("corrupt_picture"); // one that is refused
    const left = bared(file);
    const [after, before] = await Promise.allSettled([left, file].map(pixelsOf));
    expect(after).toEqual(before);
  });
});

it("no bytes make it fail: what it leaves is the same picture, or it says that it cannot", () => {
  const names = [
    "exif-6.jpg",
    "exif-6.png",
    "exif-6.webp",
    "animated.gif",
    "exif-6.avif",
    "pillow.heic",
  ] as const;
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(change, { maxLength: 6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (name, changes, share) => {
        const file = readPicture(name);
        for (const [at, byte] of changes) file[at % file.length] = byte;
        const cut = file.subarray(0, Math.ceil(file.length * (share < 0.7 ? 1 : share)));
        const known = probe(cut);
        if (!known.ok) return;
        const left = bare(cut, known);
        if (left.ok)
          expect(probe(left.bytes)).toMatchObject({ width: known.width, orientation: known.orientation });
        else expect(left.code).toBe("corrupt_picture");
      },
    ),
    // An item of the example lies behind the end of its file.
    {
      numRuns: 2000,
      examples: [
        [
          "exif-6.avif",
          [
            [107_362_667, 0],
            [1_822_031_299, 1],
          ],
          0,
        ],
      ],
    },
  );
});
