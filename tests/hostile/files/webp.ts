import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { latin, u8 } from "../../support/heif.ts";
import { ANY, BitWriter, CORRUPT, files, PICTURE, TOO_LARGE, UNSUPPORTED } from "./file.ts";

/** RFC 9649. */

const u24 = (value: number) => u8(value & 255, (value >> 8) & 255, value >> 16);
const u32 = (value: number) => u8(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);

const chunk = (type: string, body: Uint8Array, length = body.length) =>
  joined([latin(type), u32(length), body, new Uint8Array(body.length % 2)]);

const riff = (chunks: Uint8Array[], length?: number) => {
  const body = joined([latin("WEBP"), ...chunks]);
  return joined([latin("RIFF"), u32(length ?? body.length), body]);
};

const [ANIMATED, EXIF, ALPHA, ICC] = [0x02, 0x08, 0x10, 0x20];

const vp8x = (flags: number, width: number, height: number) =>
  chunk("VP8X", joined([u8(flags, 0, 0, 0), u24(width - 1), u24(height - 1)]));

/** A key frame's header; no data follows. RFC 6386 §9.1. */
const vp8 = (width: number, height: number, tag = [0x50, 0x02, 0x00]) =>
  chunk(
    "VP8 ",
    u8(...tag, 0x9d, 0x01, 0x2a, width & 255, width >> 8, height & 255, height >> 8, ...Array(20).fill(0)),
  );

/** A key frame of zeros, which are a picture too. */
function zeros(width: number, height: number): Uint8Array {
  const part = Math.ceil((width * height) / 64);
  const tag = (part << 5) | 0x10;
  const frame = u8(
    tag & 255,
    (tag >> 8) & 255,
    tag >> 16,
    0x9d,
    0x01,
    0x2a,
    width & 255,
    width >> 8,
    height & 255,
    height >> 8,
  );
  return chunk("VP8 ", joined([frame, new Uint8Array(2 * part)]));
}

const anmf = (x: number, y: number, width: number, height: number, ...chunks: Uint8Array[]) =>
  chunk("ANMF", joined([u24(x), u24(y), u24(width - 1), u24(height - 1), u24(100), u8(0), ...chunks]));

const vp8lHead = (width: number, height: number, version = 0) =>
  new BitWriter()
    .put(0x2f, 8)
    .put(width - 1, 14)
    .put(height - 1, 14)
    .put(0, 1)
    .put(version, 3);

/** A code of one symbol, which takes no bits. §3.7.2.1.1. */
const oneSymbol = (bits: BitWriter, symbol = 0) => bits.put(1, 1).put(0, 1).put(0, 1).put(symbol, 1);

const BITS_OF_LENGTHS = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8];

/** A code in which each of the first 256 symbols has its own 8 bits. §3.7.2.1.2. */
function byteCode(bits: BitWriter, alphabet: 256 | 280): void {
  const hasRest = alphabet > 256;
  bits.put(0, 1).put(BITS_OF_LENGTHS.length - 4, 4);
  for (const length of BITS_OF_LENGTHS) bits.put(length === 8 || (hasRest && length === 18) ? 1 : 0, 3);
  bits.put(0, 1);
  if (hasRest)
    bits
      .put(0, 256)
      .put(1, 1)
      .put(alphabet - 256 - 11, 7); // 256 times 8, and a run of zeros
}

/** Codes are sent with their highest bit first. */
const reversed = (byte: number) =>
  Array.from({ length: 8 }, (_, i) => ((byte >> i) & 1) << (7 - i)).reduce((sum, bit) => sum | bit, 0);

/** Lossless data in which blocks of 4 × 4 pixels choose between so many sets of codes, each of which has tables. §3.7.2.2. */
function manyCodes(width: number, height: number, sets: number): Uint8Array {
  const bits = vp8lHead(width, height).put(0, 1);
  return codes(bits, width, height, sets).bytes();
}

function codes(bits: BitWriter, width: number, height: number, sets: number): BitWriter {
  bits.put(0, 1).put(1, 1).put(0, 3).put(0, 1);
  byteCode(bits, 280);
  byteCode(bits, 256);
  for (let code = 0; code < 3; code++) oneSymbol(bits);
  for (let block = 0; block < Math.ceil(width / 4) * Math.ceil(height / 4); block++) {
    const set = block % sets;
    bits.put(reversed(set & 255), 8).put(reversed(set >> 8), 8);
  }
  for (let code = 0; code < 5 * sets; code++) oneSymbol(bits);
  return bits;
}

/** 65,536 sets of codes, 860 MB of tables, in 300 KB. */
export const huffmanBomb = () => riff([chunk("VP8L", manyCodes(1024, 1024, 65_536))]);

/** The same as a lossy picture's transparency (§2.7.1.2: lossless data without its header). */
export function alphaBomb(): Uint8Array {
  const alpha = codes(new BitWriter().put(0x01, 8).put(0, 1), 1024, 1024, 65_536).bytes();
  return riff([vp8x(ALPHA, 1024, 1024), chunk("ALPH", alpha), zeros(1024, 1024)]);
}

/** One colour for every pixel. */
function plain(width: number, height: number, before = (bits: BitWriter) => bits): Uint8Array {
  const bits = before(vp8lHead(width, height)).put(0, 1).put(0, 1).put(0, 1);
  for (let code = 0; code < 5; code++) oneSymbol(bits);
  return bits.put(0, 64).bytes();
}

const still = (data: Uint8Array) => riff([chunk("VP8L", data)]);
const lossy = () => readPicture("lossy.webp").slice(12);
const lossless = () => readPicture("lossless.webp");

/** A real file with one byte changed. */
function changed(name: "lossy.webp" | "lossless.webp" | "animated-lossy.webp", at: number, value: number) {
  const bytes = readPicture(name);
  bytes[at] = value;
  return bytes;
}

export const WEBP = files("WebP", {
  "lossless, 16384 × 16384": [() => still(plain(16_384, 16_384)), TOO_LARGE],
  "lossless, 4 MP of one colour": [() => still(plain(2000, 2000)), PICTURE],
  "lossless, 65,536 sets of codes": [huffmanBomb, CORRUPT],
  "lossless, 1,000 sets of codes": [() => still(manyCodes(256, 256, 1000)), PICTURE],
  "lossy, transparency of 65,536 sets of codes": [alphaBomb, CORRUPT],
  "lossy, 1 MP of zeros": [() => riff([zeros(1024, 1024)]), PICTURE],
  "lossy, 16383 × 16383": [() => riff([vp8(16_383, 16_383)]), TOO_LARGE],
  "lossy, 12 MP without data": [() => riff([vp8(4000, 3000)]), CORRUPT],
  "lossy, no size": [() => riff([vp8(0, 0)]), CORRUPT],
  "lossy, no key frame": [() => riff([vp8(64, 48, [0x51, 0x02, 0x00])]), CORRUPT],
  "lossy, first partition of 512 KB": [() => riff([vp8(64, 48, [0xf0, 0xff, 0xff])]), CORRUPT],
  "canvas of 2²⁴ × 2²⁴": [() => riff([vp8x(0, 2 ** 24, 2 ** 24), lossy()]), TOO_LARGE],
  "canvas larger than its picture": [() => riff([vp8x(0, 640, 480), lossy()]), CORRUPT],
  "canvas smaller than its picture": [() => riff([vp8x(0, 6, 4), lossy()]), CORRUPT],
  "canvas without picture": [() => riff([vp8x(0, 64, 48)]), CORRUPT],
  "canvas alone, cut off": [() => riff([vp8x(0, 64, 48)]).subarray(0, 25), CORRUPT],
  "two pictures, the second 16383 × 16383": [
    () => riff([vp8x(0, 64, 48), lossy(), vp8(16_383, 16_383)]),
    ANY,
  ],
  "animated, a frame of 16383 × 16383 on 64 × 48": [
    () => riff([vp8x(ANIMATED, 64, 48), anmf(0, 0, 64, 48, vp8(16_383, 16_383))]),
    CORRUPT,
  ],
  "animated, a frame outside": [
    () => riff([vp8x(ANIMATED, 64, 48), anmf(1000, 1000, 64, 48, lossy())]),
    CORRUPT,
  ],
  "animated, a frame of 2²⁴ × 2²⁴": [
    () => riff([vp8x(ANIMATED, 64, 48), anmf(0, 0, 2 ** 24, 2 ** 24, lossy())]),
    CORRUPT,
  ],
  "animated, no frames": [() => riff([vp8x(ANIMATED, 64, 48)]), CORRUPT],
  "animated, a frame without picture": [() => riff([vp8x(ANIMATED, 64, 48), anmf(0, 0, 64, 48)]), CORRUPT],
  "animated, a frame in a frame": [
    () => riff([vp8x(ANIMATED, 64, 48), anmf(0, 0, 64, 48, anmf(0, 0, 64, 48, lossy()))]),
    CORRUPT,
  ],
  "animated, 5,000 frames of which the first is sound": [
    () =>
      riff([
        vp8x(ANIMATED, 64, 48),
        anmf(0, 0, 64, 48, lossy()),
        ...Array(4999).fill(anmf(0, 0, 64, 48, vp8(64, 48))),
      ]),
    PICTURE,
  ],
  "animated, 12 MP × 100 frames": [
    () => riff([vp8x(ANIMATED, 4000, 3000), ...Array(100).fill(anmf(0, 0, 64, 48, lossy()))]),
    PICTURE,
  ],
  "animated by its flag alone": [() => riff([vp8x(ANIMATED, 64, 48), lossy()]), CORRUPT],
  "20,001 chunks before the picture": [
    () => riff([vp8x(0, 64, 48), ...Array(20_001).fill(chunk("JUNK", u8())), lossy()]),
    CORRUPT,
  ],
  "a chunk of 4 GB before the picture": [
    () => riff([vp8x(0, 64, 48), chunk("JUNK", u8(1, 2), 0xffff_fffe), lossy()]),
    CORRUPT,
  ],
  "a picture chunk of 4 GB": [() => riff([chunk("VP8 ", lossy().subarray(8), 0xffff_fffe)]), ANY],
  "a picture chunk of no bytes": [() => riff([chunk("VP8 ", lossy().subarray(8), 0)]), ANY],
  "RIFF of no bytes": [() => riff([lossy()], 0), ANY],
  "RIFF of 4 GB": [() => riff([lossy()], 0xffff_ffff), ANY],
  "RIFF of an odd length": [() => riff([lossy()], 101), ANY],
  "another RIFF": [() => joined([latin("RIFF"), u32(40), latin("WAVEfmt "), lossy()]), UNSUPPORTED],
  "lossless, unknown version": [() => still(vp8lHead(64, 48, 7).put(0, 32).bytes()), CORRUPT],
  "lossless, wrong signature": [() => still(plain(64, 48).fill(0x2e, 0, 1)), CORRUPT],
  "lossless, ends behind its header": [() => still(vp8lHead(64, 48).bytes()), CORRUPT],
  "lossless, cut off": [() => lossless().subarray(0, 60), CORRUPT],
  "lossless, a colour cache of 2¹⁵ entries": [
    () => still(vp8lHead(64, 48).put(0, 1).put(1, 1).put(15, 4).put(0, 64).bytes()),
    CORRUPT,
  ],
  "lossless, the same transform four times": [
    () =>
      still(
        plain(64, 48, (bits) => {
          for (let times = 0; times < 4; times++) bits.put(1, 1).put(2, 2);
          return bits;
        }),
      ),
    CORRUPT,
  ],
  "lossless, a code of no symbols": [
    () => still(vp8lHead(64, 48).put(0, 3).put(0, 1).put(0, 4).put(0, 200).bytes()),
    CORRUPT,
  ],
  "lossless, a code of too many symbols": [
    () =>
      still(
        vp8lHead(64, 48).put(0, 3).put(0, 1).put(15, 4).put(0xffff_ffff, 32).put(0xffff_ffff, 32).bytes(),
      ),
    CORRUPT,
  ],
  "transparency of an unknown filter and method": [
    () => riff([vp8x(ALPHA, 64, 48), chunk("ALPH", u8(0xff, 1, 2, 3)), lossy()]),
    ANY,
  ],
  "transparency of no bytes": [() => riff([vp8x(ALPHA, 64, 48), chunk("ALPH", u8()), lossy()]), ANY],
  "20,000 transparencies": [
    () => riff([vp8x(ALPHA, 64, 48), ...Array(19_000).fill(chunk("ALPH", u8(0, 0))), lossy()]),
    ANY,
  ],
  "a profile of 4 GB": [
    () => riff([vp8x(ICC, 64, 48), chunk("ICCP", u8(0, 0), 0xffff_fff0), lossy()]),
    CORRUPT,
  ],
  "a profile of 5 MB of nothing": [
    () => riff([vp8x(ICC, 64, 48), chunk("ICCP", new Uint8Array(5_000_000)), lossy()]),
    PICTURE,
  ],
  "Exif that points at itself": [
    () => riff([vp8x(EXIF, 64, 48), lossy(), chunk("EXIF", latin("II*\0\x08\0\0\0\xff\xff\x12\x01"))]),
    PICTURE,
  ],
  "its first byte alone": [() => lossless().subarray(0, 1), UNSUPPORTED],
  "the signature alone": [() => lossless().subarray(0, 12), CORRUPT],
  "partitions that lie outside": [() => changed("lossy.webp", 30, 0xff), ANY],
  "an animation that says it is a still": [() => changed("animated-lossy.webp", 20, 0), ANY],
});
