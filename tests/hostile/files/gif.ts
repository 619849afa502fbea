import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { latin, u8 } from "../../support/heif.ts";
import { BitWriter, CORRUPT, files, PICTURE, TOO_LARGE, TOO_SMALL } from "./file.ts";

/** https://www.w3.org/Graphics/GIF/spec-gif89a.txt */

const u16 = (value: number) => u8(value & 255, value >> 8);

const screen = (width: number, height: number, flags = 0x80) =>
  joined([
    latin("GIF89a"),
    u16(width),
    u16(height),
    u8(flags, 0, 0),
    flags & 0x80 ? u8(0, 0, 0, 255, 255, 255) : u8(),
  ]);

const frame = (width: number, height: number, { left = 0, top = 0, flags = 0 } = {}) =>
  joined([u8(0x2c), u16(left), u16(top), u16(width), u16(height), u8(flags)]);

/** Data in blocks of up to 255 bytes. */
function blocks(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    parts.push(u8(part.length), part);
  }
  return joined([...parts, u8(0)]);
}

/** Pixels of colour 0 in as little as there can be: each code is the last one and a pixel more. */
function plain(pixels: number): Uint8Array {
  const bits = new BitWriter().put(4, 3);
  let [left, next, width] = [pixels, 6, 3];
  bits.put(0, width);
  left--;
  for (let length = 2; left > 0; length++) {
    if (next === 4096) {
      bits.put(4, width).put(0, 3);
      [next, width, length] = [6, 3, 1];
      left--;
      continue;
    }
    bits.put(next, width);
    next++;
    if (next === 1 << width && width < 12) width++;
    left -= length;
  }
  return joined([u8(2), blocks(bits.put(5, width).bytes())]);
}

/** Codes of three bits, behind a code size of 2: 0–3 are colours, 4 clears, 5 ends. */
const codes = (values: number[]) => {
  const bits = new BitWriter();
  for (const value of values) bits.put(value, 3);
  return joined([u8(2), blocks(bits.bytes())]);
};

const END = u8(0x3b);
const extension = (label: number, ...parts: Uint8Array[]) => joined([u8(0x21, label), ...parts]);
const control = (transparent: number) => extension(0xf9, u8(4, 1, 0, 0, transparent, 0));
const comment = () => extension(0xfe, blocks(latin("hello")));

const sound = (data = plain(64 * 48)) => joined([screen(64, 48), frame(64, 48), data, END]);

export const GIF = files("GIF", {
  "65535 × 65535": [
    () => joined([screen(65_535, 65_535), frame(65_535, 65_535), plain(100), END]),
    TOO_LARGE,
  ],
  "a frame of 65535 × 65535 on 64 × 48": [
    () => joined([screen(64, 48), frame(65_535, 65_535), plain(100), END]),
    TOO_LARGE,
  ],
  "a frame far outside": [
    () => joined([screen(64, 48), frame(64, 48, { left: 65_535, top: 65_535 }), plain(3072), END]),
    TOO_LARGE,
  ],
  "a strip of 65535 × 180": [
    () => joined([screen(65_535, 180), frame(65_535, 180), plain(65_535 * 180), END]),
    TOO_SMALL,
  ],
  "12 MP in 4 KB": [() => joined([screen(3464, 3464), frame(3464, 3464), plain(3464 * 3464), END]), PICTURE],
  "12 MP around one pixel": [() => joined([screen(3464, 3464), frame(1, 1), plain(1), END]), PICTURE],
  "sound, then 10,000 frames of 65535 × 65535": [
    () =>
      joined([
        sound().subarray(0, -1),
        ...Array<Uint8Array>(10_000).fill(joined([frame(65_535, 65_535), u8(2, 0)])),
        END,
      ]),
    PICTURE,
  ],
  "20,001 comments": [
    () =>
      joined([screen(64, 48), ...Array<Uint8Array>(20_001).fill(comment()), frame(64, 48), plain(3072), END]),
    CORRUPT,
  ],
  "a comment of a million blocks": [
    () =>
      joined([
        screen(64, 48),
        extension(0xfe, new Uint8Array(2e6).fill(1), u8(0)),
        frame(64, 48),
        plain(3072),
        END,
      ]),
    PICTURE,
  ],
  "a comment without end": [
    () => joined([screen(64, 48), extension(0xfe, new Uint8Array(5000).fill(200))]),
    CORRUPT,
  ],
  "no frame": [() => joined([screen(64, 48), END]), CORRUPT],
  "a frame of no size": [() => joined([screen(64, 48), frame(0, 48), plain(9), END]), CORRUPT],
  "no colours": [() => joined([screen(64, 48, 0), frame(64, 48), plain(3072), END]), CORRUPT],
  "a table of colours cut off": [
    () => joined([screen(64, 48, 0), frame(64, 48, { flags: 0x87 }), u8(1, 2, 3)]),
    CORRUPT,
  ],
  "a canvas of 0 × 0": [() => joined([screen(0, 0), frame(64, 48), plain(3072), END]), PICTURE],
  "code size 0": [() => sound(joined([u8(0), plain(3072).subarray(1)])), CORRUPT],
  "code size 1": [() => sound(joined([u8(1), plain(3072).subarray(1)])), CORRUPT],
  "code size 9": [() => sound(joined([u8(9), plain(3072).subarray(1)])), CORRUPT],
  "code size 255": [() => sound(joined([u8(255), plain(3072).subarray(1)])), CORRUPT],
  "a code that is not there yet": [() => sound(codes([4, 0, 7])), CORRUPT],
  "a first code that is not there": [() => sound(codes([4, 6])), CORRUPT],
  "its own code first": [() => sound(codes([6])), CORRUPT],
  "an end at once": [() => sound(codes([4, 5])), CORRUPT],
  "nothing but clearing": [() => sound(codes(Array(200_000).fill(4))), CORRUPT],
  "no blocks": [() => sound(u8(2, 0)), CORRUPT],
  "a block that ends outside": [() => joined([screen(64, 48), frame(64, 48), u8(2, 255, 1, 2, 3)]), CORRUPT],
  "data cut off": [() => sound().subarray(0, 60), CORRUPT],
  "more data than pixels": [() => sound(plain(64 * 48 * 20)), PICTURE],
  "interlaced, one row": [
    () => joined([screen(64, 48), frame(64, 1, { flags: 0x40 }), plain(64), END]),
    PICTURE,
  ],
  "a transparent colour that is not there": [
    () => joined([screen(64, 48), control(200), frame(64, 48), plain(3072), END]),
    PICTURE,
  ],
  "all transparent": [() => joined([screen(64, 48), control(0), frame(64, 48), plain(3072), END]), PICTURE],
  "an unknown block": [() => joined([screen(64, 48), u8(0x99), frame(64, 48), plain(3072)]), CORRUPT],
  "the signature alone": [() => latin("GIF89a"), CORRUPT],
  "no trailer": [() => sound().subarray(0, -1), PICTURE],
});
