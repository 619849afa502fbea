import { joined } from "../../../src/edge/source/probe/bytes.ts";
import { readPicture } from "../../fixtures/pictures/files.ts";
import { latin, u8, u16, u32 } from "../../support/heif.ts";
import { ANY, CORRUPT, files, PICTURE, TOO_LARGE, TOO_SMALL, UNSUPPORTED } from "./file.ts";

/** ITU-T T.81 annex B. */

export const segment = (marker: number, body: Uint8Array = u8()) =>
  joined([u8(0xff, marker), u16(body.length + 2), body]);

const [SOI, EOI] = [u8(0xff, 0xd8), u8(0xff, 0xd9)];
const [BASELINE, PROGRESSIVE] = [0xc0, 0xc2];

/** A code of one bit, which stands for one symbol. */
const oneCode = (symbol: number) => u8(1, ...Array<number>(15).fill(0), symbol);

const quantisers = (head = 0, size = 64) => segment(0xdb, u8(head, ...Array<number>(size).fill(1)));
const tables = (ac = 0) => segment(0xc4, joined([u8(0x00), oneCode(0), u8(0x10), oneCode(ac)]));

type Scan = { ids?: number[]; first?: number; last?: number; data?: Uint8Array };

const scan = ({ ids = [1, 2, 3], first = 0, last = 63, data = u8() }: Scan = {}) =>
  joined([segment(0xda, u8(ids.length, ...ids.flatMap((id) => [id, 0]), first, last, 0)), data]);

type Shape = {
  marker?: number;
  width?: number;
  height?: number;
  precision?: number;
  /** Sampling factors of each component. */
  sampling?: number[];
};

const frame = ({ marker = BASELINE, width = 64, height = 48, precision = 8, sampling = S420 }: Shape = {}) =>
  segment(
    marker,
    joined([
      ...[u8(precision), u16(height), u16(width), u8(sampling.length)],
      u8(...sampling.flatMap((factors, i) => [i + 1, factors, 0])),
    ]),
  );

const S420 = [0x22, 0x11, 0x11];
const S444 = [0x11, 0x11, 0x11];

/** Zeros are a picture of one colour: enough of them for so many pixels at 4:4:4. */
const zeros = (pixels: number) => new Uint8Array(Math.ceil(pixels / 64) + 64);

const of = (shape: Shape, ...scans: Scan[]) =>
  joined([SOI, quantisers(), frame(shape), tables(), ...scans.map(scan), EOI]);

const sound = { data: zeros(64 * 48) };
/** Sound but for these segments in front. */
const before = (...segments: Uint8Array[]) => joined([SOI, ...segments, of({}, sound).subarray(2)]);

const app = (marker: number, head: string, ...body: Uint8Array[]) =>
  segment(marker, joined([latin(head), ...body]));
const exif = (...bytes: number[]) => app(0xe1, "Exif\0\0", u8(...bytes));
const icc = (number: number, count: number, body: Uint8Array) =>
  app(0xe2, "ICC_PROFILE\0", u8(number, count), body);
const adobe = (transform: number) => app(0xee, "Adobe", u8(0, 100, 0, 0, 0, 0, transform));

/** A profile's header and its tags. ICC.1:2022 §7. */
function profile(space: string, tags: [name: string, body: Uint8Array][]): Uint8Array {
  const head = new Uint8Array(128);
  head.set(latin(space), 16);
  head.set(latin("XYZ "), 20);
  head.set(latin("acsp"), 36);
  const start = 132 + 12 * tags.length;
  const bodies = joined([u8(), ...tags.map(([, body]) => body)]);
  let at = start;
  const list = tags.map(([name, body]) => {
    const entry = joined([latin(name), u32(at), u32(body.length)]);
    at += body.length;
    return entry;
  });
  return joined([head, u32(tags.length), ...list, bodies]);
}

const lut = (grid: number, entries: number, channels: number) =>
  joined([
    latin("mft2\0\0\0\0"),
    u8(channels, 3, grid, 0),
    new Uint8Array(36),
    u16(entries),
    u16(entries),
    new Uint8Array(4096),
  ]);
const xyz = joined([latin("XYZ \0\0\0\0"), u32(0), u32(0), u32(0)]);
const para = joined([latin("para\0\0\0\0"), u16(3), u16(0), ...Array<Uint8Array>(5).fill(u32(0x8000_0000))]);
const curves = (curve: Uint8Array) =>
  profile(
    "RGB ",
    ["r", "g", "b"].flatMap((c): [string, Uint8Array][] => [
      [`${c}TRC`, curve],
      [`${c}XYZ`, xyz],
    ]),
  );

const progressive = (count: number, side: number) =>
  of(
    { marker: PROGRESSIVE, width: side, height: side },
    { first: 0, last: 0, data: zeros(side * side) },
    ...Array.from({ length: count }, () => ({ ids: [1], first: 1, last: 63, data: zeros(side * side) })),
  );

export const JPEG = files("JPEG", {
  "65535 × 65535": [() => of({ width: 65_535, height: 65_535 }, sound), TOO_LARGE],
  "progressive, 65500 × 65500": [
    () => of({ marker: PROGRESSIVE, width: 65_500, height: 65_500 }, { last: 0 }),
    TOO_LARGE,
  ],
  "progressive, 24 MP at 4:4:4: 144 MB of coefficients": [
    () => of({ marker: PROGRESSIVE, width: 4899, height: 4899, sampling: S444 }, { last: 0 }),
    TOO_LARGE,
  ],
  "progressive, 24 MP of four components": [
    () =>
      of(
        { marker: PROGRESSIVE, width: 4899, height: 4899, sampling: [0x11, 0x11, 0x11, 0x11] },
        { ids: [1, 2, 3, 4], last: 0 },
      ),
    TOO_LARGE,
  ],
  "progressive, 24 MP of which nothing is there": [
    () => of({ marker: PROGRESSIVE, width: 4899, height: 4899 }, { last: 0 }),
    PICTURE,
  ],
  "progressive, 100 scans of 12 MP": [() => progressive(99, 3464), PICTURE],
  "progressive, 101 scans": [() => progressive(100, 64), UNSUPPORTED],
  "progressive, the same scan twice": [
    () => of({ marker: PROGRESSIVE }, { last: 0, ...sound }, { last: 0, ...sound }),
    ANY,
  ],
  "progressive, a scan of all coefficients": [() => of({ marker: PROGRESSIVE }, sound), ANY],
  "progressive, coefficients without their first": [
    () => of({ marker: PROGRESSIVE }, { ids: [1], first: 1, last: 63, ...sound }),
    ANY,
  ],
  "50 MP of which nothing is there": [() => of({ width: 7071, height: 7071 }, {}), PICTURE],
  "50 MP in three scans": [
    () => of({ width: 7071, height: 7071 }, ...[1, 2, 3].map((id) => ({ ids: [id], data: zeros(5e7) }))),
    PICTURE,
  ],
  "51 MP": [() => of({ width: 7200, height: 7100 }, sound), TOO_LARGE],
  "65535 × 762": [() => of({ width: 65_535, height: 762 }, { data: zeros(5e7) }), TOO_SMALL],
  "1 × 65535": [() => of({ width: 1, height: 65_535 }, { data: zeros(1e6) }), TOO_SMALL],
  "0 × 48": [() => of({ width: 0 }, sound), CORRUPT],
  "no height, to be told later (DNL)": [
    () => joined([of({ height: 0 }, sound).subarray(0, -2), segment(0xdc, u16(48)), EOI]),
    CORRUPT,
  ],
  "12 bits": [() => of({ marker: 0xc1, precision: 12 }, sound), UNSUPPORTED],
  "16 bits": [() => of({ precision: 16 }, sound), UNSUPPORTED],
  "0 bits": [() => of({ precision: 0 }, sound), UNSUPPORTED],
  lossless: [() => of({ marker: 0xc3 }, sound), UNSUPPORTED],
  hierarchical: [() => of({ marker: 0xc5 }, sound), UNSUPPORTED],
  "hierarchical, progressive": [() => of({ marker: 0xc6 }, sound), UNSUPPORTED],
  "hierarchical by its header": [
    () => before(segment(0xde, u8(8, 0, 48, 0, 64, 1, 1, 0x11, 0))),
    UNSUPPORTED,
  ],
  arithmetic: [() => of({ marker: 0xc9 }, sound), UNSUPPORTED],
  "arithmetic, progressive": [() => of({ marker: 0xca }, sound), UNSUPPORTED],
  "arithmetic, lossless": [() => of({ marker: 0xcb }, sound), UNSUPPORTED],
  "JPEG-LS": [() => of({ marker: 0xf7 }, sound), UNSUPPORTED],
  "no components": [() => of({ sampling: [] }, sound), UNSUPPORTED],
  "two components": [() => of({ sampling: [0x11, 0x11] }, { ids: [1, 2], ...sound }), UNSUPPORTED],
  "five components": [
    () => of({ sampling: Array(5).fill(0x11) }, { ids: [1, 2, 3, 4, 5], ...sound }),
    UNSUPPORTED,
  ],
  "255 components": [() => of({ sampling: Array(255).fill(0x11) }, sound), UNSUPPORTED],
  "four components in silence": [
    () => of({ sampling: [0x11, 0x11, 0x11, 0x11] }, { ids: [1, 2, 3, 4], ...sound }),
    PICTURE,
  ],
  "CMYK of Adobe": [() => readPicture("cmyk.jpg"), PICTURE],
  "YCCK of Adobe": [
    () =>
      joined([
        SOI,
        adobe(2),
        of({ sampling: [0x11, 0x11, 0x11, 0x11] }, { ids: [1, 2, 3, 4], ...sound }).subarray(2),
      ]),
    PICTURE,
  ],
  "a transform of Adobe's that does not exist": [() => before(adobe(9)), ANY],
  "Adobe's marker cut off": [() => before(app(0xee, "Adobe")), ANY],
  "sampling 0": [() => of({ sampling: [0x00, 0x11, 0x11] }, sound), CORRUPT],
  "sampling 15 × 15": [() => of({ sampling: [0xff, 0x11, 0x11] }, sound), CORRUPT],
  "sampling 3 × 1 and 2 × 1": [() => of({ sampling: [0x31, 0x21, 0x11] }, sound), ANY],
  "sampling 4 × 4 three times": [() => of({ sampling: [0x44, 0x44, 0x44] }, sound), ANY],
  "three components of one name": [() => of({}, { ids: [1, 1, 1], ...sound }), CORRUPT],
  "a scan of a component that is not there": [() => of({}, { ids: [7], ...sound }), CORRUPT],
  "a scan of no components": [() => of({}, { ids: [], ...sound }), CORRUPT],
  "a scan of coefficients 63 to 0": [() => of({}, { first: 63, last: 0, ...sound }), ANY],
  "a scan without a frame": [() => joined([SOI, quantisers(), tables(), scan(sound), EOI]), CORRUPT],
  "a frame without a scan": [() => joined([SOI, quantisers(), frame(), tables(), EOI]), CORRUPT],
  "two frames": [() => before(frame({ width: 65_535, height: 65_535 })), CORRUPT],
  "a frame of 65535 × 65535 behind the scan": [
    () => joined([of({}, sound).subarray(0, -2), frame({ width: 65_535, height: 65_535 }), scan(sound), EOI]),
    ANY,
  ],
  "a picture in a picture": [() => joined([SOI, of({}, sound), of({}, sound).subarray(2)]), ANY],
  "no tables of codes": [() => joined([SOI, quantisers(), frame(), scan(sound), EOI]), ANY],
  "no quantisers": [() => joined([SOI, frame(), tables(), scan(sound), EOI]), ANY],
  "codes of 255 symbols a length": [
    () => before(segment(0xc4, joined([u8(0), new Uint8Array(16).fill(255), new Uint8Array(4080)]))),
    ANY,
  ],
  "codes of table 9": [() => before(segment(0xc4, joined([u8(0x99), oneCode(0)]))), ANY],
  "codes cut off": [() => before(segment(0xc4, u8(0, 255))), ANY],
  "quantisers of 16 bits": [() => before(quantisers(0x10, 128)), ANY],
  "quantisers of table 15": [() => before(quantisers(0x0f)), ANY],
  "quantisers of 0": [() => before(segment(0xdb, new Uint8Array(65))), ANY],
  "a restart every block, and none there": [() => before(segment(0xdd, u16(1))), ANY],
  "a restart interval of no bytes": [() => before(segment(0xdd)), ANY],
  "nothing but restarts": [() => of({}, { data: joined(Array(50_000).fill(u8(0xff, 0xd0))) }), ANY],
  "nothing but ones": [() => of({}, { data: joined(Array(20_000).fill(u8(0xff, 0x00))) }), ANY],
  "a segment of no length": [() => before(u8(0xff, 0xe0, 0, 0)), CORRUPT],
  "a segment of length 1": [() => before(u8(0xff, 0xe0, 0, 1)), CORRUPT],
  "a segment that ends outside": [
    () => joined([SOI, u8(0xff, 0xe0, 0xff, 0xff), new Uint8Array(100)]),
    CORRUPT,
  ],
  "a million fill bytes": [() => before(new Uint8Array(1e6).fill(0xff)), PICTURE],
  "20,001 segments": [() => before(joined(Array(20_001).fill(segment(0xef)))), CORRUPT],
  "a megabyte of nothing between two markers": [() => before(segment(0xef), new Uint8Array(1e6)), PICTURE],
  "no marker at the end": [() => of({}, sound).subarray(0, -2), PICTURE],
  "an end at once": [() => joined([SOI, EOI]), UNSUPPORTED.concat(CORRUPT)],
  "the signature alone": [() => u8(0xff, 0xd8, 0xff), CORRUPT],
  "an endless scan of a video behind the end": [
    () => joined([of({}, sound), joined(Array(10_000).fill(u8(0xff, 0xda, 0, 8)))]),
    PICTURE,
  ],
  "Exif that points at itself": [
    () => before(exif(...latin("II*\0"), 8, 0, 0, 0, 255, 255, 0x12, 1)),
    PICTURE,
  ],
  "Exif that points outside": [() => before(exif(...latin("MM\0*"), 255, 255, 255, 255)), PICTURE],
  "Exif of orientation 9": [
    () => before(exif(...latin("MM\0*"), 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0)),
    PICTURE,
  ],
  "Exif of orientation 2³²−1": [
    () => before(exif(...latin("MM\0*"), 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 4, 0, 0, 0, 1, 255, 255, 255, 255)),
    PICTURE,
  ],
  "Exif of no bytes": [() => before(exif()), PICTURE],
  "a thumbnail of 65535 × 65535": [
    () => before(exif(...latin("II*\0"), 8, 0, 0, 0, 0, 0, ...of({ width: 65_535, height: 65_535 }, {}))),
    PICTURE,
  ],
  "a profile of 16 MB in 255 pieces": [
    () => before(...Array.from({ length: 255 }, (_, i) => icc(i + 1, 255, new Uint8Array(65_000)))),
    PICTURE,
  ],
  "a profile with a piece missing": [() => before(icc(1, 3, profile("RGB ", [])), icc(3, 3, u8(1))), PICTURE],
  "a profile's piece 0": [() => before(icc(0, 0, profile("RGB ", []))), PICTURE],
  "a profile of 2³²−1 tags": [
    () => before(icc(1, 1, joined([profile("RGB ", []).subarray(0, 128), u32(2 ** 32 - 1)]))),
    PICTURE,
  ],
  "a profile of curves of 2³²−1 samples": [
    () => before(icc(1, 1, curves(joined([latin("curv\0\0\0\0"), u32(2 ** 32 - 1)])))),
    PICTURE,
  ],
  "a profile of formulas that divide by zero": [() => before(icc(1, 1, curves(para))), PICTURE],
  "a profile whose grid has 255⁴ points": [
    () =>
      joined([
        SOI,
        icc(1, 1, profile("CMYK", [["A2B0", lut(255, 2, 4)]])),
        readPicture("cmyk.jpg").subarray(2),
      ]),
    PICTURE,
  ],
  "a profile whose grid has no points": [
    () =>
      joined([
        SOI,
        icc(1, 1, profile("CMYK", [["A2B0", lut(0, 0, 4)]])),
        readPicture("cmyk.jpg").subarray(2),
      ]),
    PICTURE,
  ],
  "a profile for inks, the picture having none": [
    () => before(icc(1, 1, profile("CMYK", [["A2B0", lut(2, 2, 4)]]))),
    PICTURE,
  ],
});
