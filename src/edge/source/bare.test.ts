import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PICTURE_NAMES, type PictureName, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { decode } from "../image/index.ts";
import { bare } from "./bare.ts";
import { Reader } from "./probe/bytes.ts";
import { readItems } from "./probe/heif-items.ts";
import { type Probe, probe } from "./probe.ts";

const SECRET = "52.5208N,13.4093E of somebody";

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

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const ascii = (words: string) => Uint8Array.from(words, (character) => character.charCodeAt(0));

function joined(...parts: (Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** An Exif block with an orientation, and behind it what else a camera tells. */
const exif = (orientation: number) =>
  joined(
    [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0],
    ascii(`${SECRET}.`),
  );

const segment = (marker: number, data: Uint8Array) =>
  joined([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255], data);

function jpegWithNotes(orientation: number): Uint8Array {
  const file = readPicture("rgb.jpg");
  const jfif = joined(ascii("JFIF\0"), [1, 2, 0, 0, 1, 0, 1, 1, 1, 1, 2, 3], ascii(SECRET)); // a thumbnail of one pixel
  const notes = [
    segment(0xe0, jfif),
    segment(0xe0, joined(ascii("JFXX\0"), ascii(SECRET))),
    segment(0xe1, joined(ascii("Exif\0\0"), exif(orientation))),
    segment(0xe1, joined(ascii("http://ns.adobe.com/xap/1.0/\0"), ascii(SECRET))),
    segment(0xe2, joined(ascii("MPF\0"), ascii(SECRET))),
    segment(0xed, joined(ascii("Photoshop 3.0\0"), ascii(SECRET))),
    segment(0xfe, ascii(SECRET)),
  ];
  return joined(file.subarray(0, 2), ...notes, file.subarray(2), readPicture("gray.jpg"), ascii(SECRET));
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const length = [data.length >>> 24, (data.length >> 16) & 255, (data.length >> 8) & 255, data.length & 255];
  return joined(length, ascii(type), data, [0, 0, 0, 0]); // nobody looks at the sums of notes
}

function pngWithNotes(orientation: number): Uint8Array {
  const file = readPicture("rgb.png");
  const notes = [
    pngChunk("eXIf", exif(orientation)),
    pngChunk("tEXt", ascii(`Comment\0${SECRET}`)),
    pngChunk("iTXt", ascii(`XML:com.adobe.xmp\0\0\0\0\0${SECRET}`)),
    pngChunk("tIME", ascii(SECRET)),
    pngChunk("prVt", ascii(SECRET)),
  ];
  return joined(file.subarray(0, 33), ...notes, file.subarray(33), ascii(SECRET));
}

const webpChunk = (type: string, data: Uint8Array) =>
  joined(ascii(type), [data.length, 0, 0, 0], data, data.length % 2 === 0 ? [] : [0]);

function webpWithNotes(orientation: number): Uint8Array {
  const file = readPicture("lossy.webp"); // a bare VP8 chunk
  const extended = [0x0c, 0, 0, 0, 63, 0, 0, 47, 0, 0]; // Exif, XMP, 64 × 48
  const body = joined(
    webpChunk("VP8X", Uint8Array.from(extended)),
    file.subarray(12),
    webpChunk("EXIF", exif(orientation)),
    webpChunk("XMP ", ascii(SECRET)),
    webpChunk("prvt", ascii(SECRET)),
  );
  const size = body.length + 4;
  return joined(ascii("RIFF"), [size & 255, size >> 8, 0, 0], ascii("WEBP"), body, ascii(SECRET));
}

function gifWithNotes(): Uint8Array {
  const file = readPicture("animated.gif");
  const colours = 13 + 3 * (2 << ((file[10] ?? 0) & 7)) * ((file[10] ?? 0) >> 7);
  const note = (kind: number, words: string) => joined([0x21, kind, words.length], ascii(words), [0]);
  const xmp = joined([0x21, 0xff, 11], ascii("XMP DataXMP"), [SECRET.length], ascii(SECRET), [0]);
  return joined(file.subarray(0, colours), note(0xfe, SECRET), xmp, file.subarray(colours), ascii(SECRET));
}

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
    expect(await decode(left, probed(left), LARGE)).toEqual(await decode(file, probed(file), LARGE));
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
    const [after, before] = await Promise.allSettled(
      [left, file].map((bytes) => decode(bytes, probed(bytes), LARGE)),
    );
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
    { numRuns: 2000 },
  );
});
