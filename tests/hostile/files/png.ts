import { crc32, deflateRawSync, deflateSync, constants as zlib } from "node:zlib";
import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { latin, u8, u16, u32 } from "../../support/heif.ts";
import { CORRUPT, files, PICTURE, TOO_LARGE, TOO_SMALL, UNSUPPORTED } from "./file.ts";

/** PNG 3rd edition. */

const SIGNATURE = latin("\x89PNG\r\n\x1a\n");

export function chunk(type: string, body: Uint8Array = u8(), length = body.length): Uint8Array {
  const named = joined([latin(type), body]);
  return joined([u32(length), named, u32(crc32(named))]);
}

type Shape = { width?: number; height?: number; bitDepth?: number; colourType?: number; interlaced?: number };

const ihdr = ({ width = 64, height = 48, bitDepth = 8, colourType = 2, interlaced = 0 }: Shape = {}) =>
  chunk("IHDR", joined([u32(width), u32(height), u8(bitDepth, colourType, 0, 0, interlaced)]));

const png = (...chunks: Uint8Array[]) => joined([SIGNATURE, ...chunks, chunk("IEND")]);

/** So many megabytes of zeros in a thousandth of it: the same megabyte again and again, and Adler's checksum of them all. */
function bomb(megabytes: number): Uint8Array {
  const once = deflateRawSync(new Uint8Array(2 ** 20), { level: 9, finishFlush: zlib.Z_FULL_FLUSH });
  const sum = u32(((megabytes * 2 ** 20) % 65_521) * 65_536 + 1);
  return joined([u8(0x78, 0x9c), ...Array<Uint8Array>(megabytes).fill(once), u8(3, 0), sum]);
}

const rows = (width: number, height: number, channels = 3) =>
  deflateSync(new Uint8Array((width * channels + 1) * height));

const DATA = chunk("IDAT", rows(64, 48));
const titled = (type: string, body: Uint8Array) => chunk(type, joined([latin("x\0\0"), body]));

const of = (shape: Shape, ...chunks: Uint8Array[]) => png(ihdr(shape), ...chunks);
/** Sound but for these chunks before its data. */
const before = (...chunks: Uint8Array[]) => png(ihdr(), ...chunks, DATA);

/** Blocks of deflate that hold nothing. */
function nothing(count: number): Uint8Array {
  const block = u8(0, 0, 0, 255, 255);
  return joined([u8(0x78, 0x9c), ...Array<Uint8Array>(count).fill(block)]);
}

/** A sound picture's own header with one field changed, its checksum right. */
const header = (at: number, value: number) => {
  const body = joined([u32(64), u32(48), u8(8, 2, 0, 0, 0)]);
  body[at] = value;
  return png(chunk("IHDR", body), DATA);
};

const exif = (...bytes: number[]) => chunk("eXIf", u8(...bytes));
const acTL = (frames: number) => chunk("acTL", joined([u32(frames), u32(0)]));
const fcTL = (width: number, height: number, x = 0) =>
  chunk("fcTL", joined([u32(0), u32(width), u32(height), u32(x), u32(0), u16(1), u16(1), u8(0, 0)]));
const fdAT = (body: Uint8Array) => chunk("fdAT", joined([u32(1), body]));

export const PNG = files("PNG", {
  "2³¹−1 × 2³¹−1": [() => of({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }, DATA), TOO_LARGE],
  "2³² × 1": [() => of({ width: 2 ** 32 - 1, height: 1 }, DATA), CORRUPT],
  "65535 × 65535": [() => of({ width: 65_535, height: 65_535 }, DATA), TOO_LARGE],
  "16 MP of zeros": [() => of({ width: 4000, height: 4000 }, chunk("IDAT", bomb(46))), TOO_LARGE],
  "12 MP in one row": [() => of({ width: 12_000_000, height: 1 }, chunk("IDAT", bomb(35))), TOO_LARGE],
  "65535 × 183": [() => of({ width: 65_535, height: 183 }, chunk("IDAT", bomb(35))), TOO_SMALL],
  "1 × 65535": [() => of({ width: 1, height: 65_535 }, chunk("IDAT", bomb(1))), TOO_SMALL],
  "0 × 48": [() => of({ width: 0 }, DATA), CORRUPT],
  "64 × 0": [() => of({ height: 0 }, DATA), CORRUPT],
  "12 MP of 16-bit RGBA, interlaced": [
    () =>
      of({ width: 3464, height: 3464, bitDepth: 16, colourType: 6, interlaced: 1 }, chunk("IDAT", bomb(93))),
    PICTURE,
  ],
  "12 MP of one bit": [
    () => of({ width: 3464, height: 3464, bitDepth: 1, colourType: 0 }, chunk("IDAT", bomb(2))),
    PICTURE,
  ],
  "1 GB behind the last row": [() => png(ihdr(), chunk("IDAT", bomb(1000))), PICTURE],
  "zTXt of 1 GB": [() => before(titled("zTXt", bomb(1000))), PICTURE],
  "iTXt of 1 GB": [() => before(chunk("iTXt", joined([latin("x\0\x01\0\0\0"), bomb(1000)]))), PICTURE],
  "iCCP of 1 GB": [() => before(titled("iCCP", bomb(1000))), PICTURE],
  "iCCP that is cut off": [() => before(titled("iCCP", bomb(1).subarray(0, 20))), PICTURE],
  "iCCP without a name": [() => before(chunk("iCCP", new Uint8Array(200).fill(97))), PICTURE],
  "iCCP of no bytes": [() => before(chunk("iCCP")), PICTURE],
  "19,000 profiles": [() => before(...Array(19_000).fill(titled("iCCP", u8()))), PICTURE],
  "500,000 empty IDAT": [() => before(joined(Array(500_000).fill(chunk("IDAT")))), PICTURE],
  "20,001 chunks before its data": [() => before(joined(Array(20_001).fill(chunk("tEXt")))), CORRUPT],
  "a million deflate blocks of nothing": [() => png(ihdr(), chunk("IDAT", nothing(1e6))), CORRUPT],
  "no data": [() => png(ihdr()), CORRUPT],
  "data of no bytes": [() => png(ihdr(), chunk("IDAT")), CORRUPT],
  "data that ends in its middle": [() => png(ihdr(), chunk("IDAT", rows(64, 20))), CORRUPT],
  "data that is no zlib": [() => png(ihdr(), chunk("IDAT", new Uint8Array(500).fill(0xff))), CORRUPT],
  "zlib with a dictionary": [
    () => png(ihdr(), chunk("IDAT", joined([u8(0x78, 0xbb), u32(1), u8(3, 0)]))),
    CORRUPT,
  ],
  "gzip for zlib": [() => png(ihdr(), chunk("IDAT", u8(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3))), CORRUPT],
  "filters that do not exist": [
    () => png(ihdr(), chunk("IDAT", deflateSync(new Uint8Array(193 * 48).fill(9)))),
    CORRUPT,
  ],
  "a wrong checksum of its data": [() => png(ihdr(), joined([DATA.subarray(0, -4), u32(0)])), CORRUPT],
  "a wrong checksum of a comment": [
    () => before(joined([chunk("tEXt", latin("a\0b")).subarray(0, -4), u32(0)])),
    PICTURE,
  ],
  "a chunk of 4 GB": [() => before(chunk("tEXt", latin("a\0b"), 2 ** 32 - 1)), CORRUPT],
  "data of 4 GB": [() => png(ihdr(), chunk("IDAT", rows(64, 48), 2 ** 32 - 1)), CORRUPT],
  "IEND before the data": [() => png(ihdr(), chunk("IEND"), DATA), CORRUPT],
  "no IHDR": [() => png(DATA), CORRUPT],
  "IHDR of 12 bytes": [() => png(chunk("IHDR", new Uint8Array(12)), DATA), CORRUPT],
  "IHDR of 1 KB": [() => png(chunk("IHDR", new Uint8Array(1024)), DATA), CORRUPT],
  "two IHDR, the second 65535 × 65535": [() => before(ihdr({ width: 65_535, height: 65_535 })), PICTURE],
  "a wrong checksum of IHDR": [() => png(joined([ihdr().subarray(0, -4), u32(7)]), DATA), CORRUPT],
  "bit depth 3": [() => header(8, 3), CORRUPT],
  "bit depth 0": [() => header(8, 0), CORRUPT],
  "bit depth 32": [() => header(8, 32), CORRUPT],
  "colour type 1": [() => header(9, 1), CORRUPT],
  "colour type 5": [() => header(9, 5), CORRUPT],
  "colour type 255": [() => header(9, 255), CORRUPT],
  "compression 1": [() => header(10, 1), CORRUPT],
  "filter method 64": [() => header(11, 64), CORRUPT],
  "interlace 2": [() => header(12, 2), CORRUPT],
  "a palette without PLTE": [() => of({ colourType: 3 }, chunk("IDAT", rows(64, 48, 1))), CORRUPT],
  "PLTE of 4 bytes": [
    () => of({ colourType: 3 }, chunk("PLTE", u8(1, 2, 3, 4)), chunk("IDAT", rows(64, 48, 1))),
    CORRUPT,
  ],
  "PLTE of 300 colours": [() => before(chunk("PLTE", new Uint8Array(900))), CORRUPT],
  "colours beyond PLTE": [
    () =>
      of(
        { colourType: 3 },
        chunk("PLTE", u8(255, 0, 0)),
        chunk("IDAT", deflateSync(new Uint8Array(65 * 48).map((_, i) => (i % 65 === 0 ? 0 : 200)))),
      ),
    PICTURE,
  ],
  "tRNS of 1 KB for a palette of one": [
    () =>
      of(
        { colourType: 3 },
        chunk("PLTE", u8(255, 0, 0)),
        chunk("tRNS", new Uint8Array(1024)),
        chunk("IDAT", rows(64, 48, 1)),
      ),
    PICTURE,
  ],
  "tRNS of one byte": [() => before(chunk("tRNS", u8(1))), PICTURE],
  "a chunk that must be understood": [() => before(chunk("EVIL", u8(1, 2, 3))), PICTURE],
  "Apple's CgBI": [() => png(chunk("CgBI", u8(0x50, 0, 0x20, 2)), ihdr(), DATA), UNSUPPORTED],
  "gamma of 0": [() => before(chunk("gAMA", u32(0))), PICTURE],
  "gamma of 2³²−1": [() => before(chunk("gAMA", u32(2 ** 32 - 1))), PICTURE],
  "gamma of no bytes": [() => before(chunk("gAMA")), PICTURE],
  "primaries on one line": [() => before(chunk("cHRM", joined(Array(8).fill(u32(33_333))))), PICTURE],
  "primaries of no bytes": [() => before(chunk("cHRM")), PICTURE],
  "colour codes 255": [() => before(chunk("cICP", u8(255, 255, 0, 1))), PICTURE],
  "colour codes of no bytes": [() => before(chunk("cICP")), PICTURE],
  "Exif that points at itself": [
    () => before(exif(...latin("II*\0"), 8, 0, 0, 0, 255, 255, 0x12, 1)),
    PICTURE,
  ],
  "Exif that points outside": [() => before(exif(...latin("MM\0*"), 255, 255, 255, 255)), PICTURE],
  "APNG of 2³²−1 frames": [() => before(acTL(2 ** 32 - 1)), PICTURE],
  "APNG of no frames": [() => before(acTL(0), fcTL(64, 48)), PICTURE],
  "APNG, a frame of 2³¹ × 2³¹": [
    () => png(ihdr(), acTL(2), fcTL(64, 48), DATA, fcTL(2 ** 31, 2 ** 31), fdAT(bomb(100))),
    PICTURE,
  ],
  "APNG, a first frame outside": [() => before(acTL(1), fcTL(64, 48, 2 ** 31)), PICTURE],
  "APNG, frames before the picture": [() => before(acTL(9), fdAT(rows(64, 48))), PICTURE],
  "APNG, 10,000 frames of the whole picture": [
    () => png(ihdr(), acTL(10_000), DATA, ...Array(10_000).fill(joined([fcTL(64, 48), fdAT(rows(64, 48))]))),
    PICTURE,
  ],
  "APNG, acTL behind the data": [() => png(ihdr(), DATA, acTL(5)), PICTURE],
  "the signature alone": [() => SIGNATURE, CORRUPT],
  "the signature in another line ending": [
    () => joined([latin("\x89PNG\n\x1a\n"), ihdr(), DATA]),
    UNSUPPORTED,
  ],
  "another chunk in the middle of the data": [
    () => {
      const data = rows(64, 48);
      return png(
        ihdr(),
        chunk("IDAT", data.subarray(0, 9)),
        chunk("tEXt", latin("a\0b")),
        chunk("IDAT", data.subarray(9)),
      );
    },
    PICTURE,
  ],
});
