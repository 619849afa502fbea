import { joined, Reader } from "../../../src/edge/source/probe/bytes.ts";
import { readHeif } from "../../../src/edge/source/probe/heif.ts";
import { type PictureName, readPicture } from "../../fixtures/pictures/files.ts";
import { box, full, heif, type Item, ispe, latin, u8, u16, u32 } from "../../support/heif.ts";
import { ANY, CORRUPT, files, PICTURE, TOO_LARGE, TOO_SMALL, UNSUPPORTED } from "./file.ts";

/** ISO/IEC 23008-12 and 14496-12. */

type Coded = { type: "hvc1" | "av01"; config: Uint8Array; data: Uint8Array };

/** A real coded picture, or a real tile of one, without its file. */
function coded(name: PictureName): Coded {
  const reader = new Reader(readPicture(name));
  const read = readHeif(reader);
  if ("code" in read) throw new Error(read.detail);
  const [tile] = read.picture.tiles;
  if (!tile) throw new Error(`${name} has no tile`);
  return {
    type: read.format === "heic" ? "hvc1" : "av01",
    config: reader.bytes.slice(tile.config.start, tile.config.end),
    data: joined(tile.extents.map(({ start, end }) => reader.bytes.subarray(start, end))),
  };
}

/** 64 × 48. */
const [hevc, av1] = [() => coded("420.heic"), () => coded("420.avif")];
/** 64 × 64. */
const tile = () => coded("tiled.heic");

const item = ({ type, config, data }: Coded, width = 64, height = 48, ...extra: Uint8Array[]): Item => ({
  type,
  properties: [config, ispe(width, height), ...extra],
  data,
});

const single = (of: Coded, width?: number, height?: number, ...extra: Uint8Array[]) =>
  heif([item(of, width, height, ...extra)], 1);

const shape = (columns: number, rows: number, width: number, height: number) =>
  joined([u8(0, 0, rows - 1, columns - 1), u16(width), u16(height)]);

/** Tiles that are all the same one. */
function grid(columns: number, rows: number, width: number, height: number): Uint8Array {
  const picture = tile();
  const [size, tiles] = [ispe(64, 64), columns * rows];
  const one = { type: picture.type, properties: [picture.config, size], data: picture.data };
  const whole = {
    type: "grid",
    properties: [ispe(width, height)],
    data: shape(columns, rows, width, height),
  };
  const to = Array.from({ length: tiles }, (_, i) => i + 1);
  return heif([...Array<Item>(tiles).fill(one), whole], tiles + 1, [{ kind: "dimg", from: tiles + 1, to }]);
}

const gridOf = (from: number, to: number[], data: Uint8Array, items: Item[]) =>
  heif([...items, { type: "grid", properties: [ispe(64, 64)], data }], from, [{ kind: "dimg", from, to }]);

const FTYP = box("ftyp", latin("heic"), u32(0), latin("mif1"));
const infe = (id: number, type: string) => box("infe", u8(2, 0, 0, 0), u16(id), u16(0), latin(`${type}\0`));
const bare = (...parts: Uint8Array[]) => joined([FTYP, full("meta", ...parts)]);

/** Boxes in boxes in boxes. */
function nested(type: string, depth: number): Uint8Array {
  const whole = joined([
    new Uint8Array(0),
    ...Array.from({ length: depth }, (_, i) => joined([u32(8 * (depth - i)), latin(type)])),
  ]);
  return joined([FTYP, whole]);
}

/** A file in which each occurrence of a box has been changed, lengths kept. */
function changed(name: PictureName, type: string, change: (view: DataView) => void): Uint8Array {
  const bytes = readPicture(name);
  const text = new TextDecoder("latin1").decode(bytes);
  for (let at = text.indexOf(type); at >= 4; at = text.indexOf(type, at + 4))
    change(new DataView(bytes.buffer, at - 4, Math.min(64, bytes.length - at + 4)));
  return bytes;
}

const clap = (...values: number[]) => box("clap", ...values.map(u32));
const irot = (turns: number) => box("irot", u8(turns));
const auxC = (kind: string) => full("auxC", latin(`${kind}\0`));
const ALPHA = "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";

/** Place, in extents of 8 bytes each, of a single picture's data: a list that says the same again and again. */
function overlapping(count: number): Uint8Array {
  const { config } = hevc();
  const place = (start: number, length: number) =>
    bare(
      ...[full("pitm", u16(1)), full("iinf", u16(1), infe(1, "hvc1"))],
      full(
        "iloc",
        u8(0x44, 0),
        u16(1),
        u16(1),
        u16(0),
        u16(count),
        ...Array<Uint8Array>(count).fill(joined([u32(start), u32(length)])),
      ),
      box("iprp", box("ipco", config, ispe(64, 48)), box("ipma", u32(0), u32(1), u16(1), u8(2, 1, 2))),
    );
  return joined([place(place(0, 0).length, 1_000_000), new Uint8Array(1_000_000)]);
}

/** Tiles whose extents take no bytes of the list, and mean the whole file each. */
function endlessExtents(): Uint8Array {
  const { config } = tile();
  const [columns, extents] = [200, 19_000];
  const meta = (start: number) =>
    bare(
      ...[full("pitm", u16(1)), full("iinf", u16(2), infe(1, "grid"), infe(2, "hvc1"))],
      full(
        "iloc",
        u8(0x00, 0x40),
        u16(2),
        u16(1),
        u16(0),
        u32(start),
        u16(1),
        u16(2),
        u16(0),
        u32(0),
        u16(extents),
        u8(0),
      ),
      box(
        "iprp",
        box("ipco", ispe(64, 64), config),
        box("ipma", u32(0), u32(2), u16(1), u8(1, 1), u16(2), u8(2, 1, 2)),
      ),
      full("iref", box("dimg", u16(1), u16(columns ** 2), ...Array<Uint8Array>(columns ** 2).fill(u16(2)))),
    );
  return joined([meta(meta(0).length), shape(columns, columns, 12_740, 12_740), new Uint8Array(10)]);
}

/** Thousands of references to an item that says at length that it is no transparency. */
function wordyAuxiliary(): Uint8Array {
  const kind = new Uint8Array(600_000).fill(97);
  const { config, type, data } = hevc();
  const picture: Item = { type, properties: [config, ispe(64, 48)], data };
  const auxiliary: Item = { type, properties: [full("auxC", kind)], data };
  const references = Array.from({ length: 19_000 }, () => ({ kind: "auxl", from: 2, to: [1] }));
  return heif([picture, auxiliary], 1, references);
}

/** The configuration's parameter sets so many times over. */
function parameters(times: number): Uint8Array {
  const { config, ...rest } = hevc();
  const nal = u8(39 << 1, 1, 5, 1, 0, 0x80); // supplemental information that says nothing
  const sets = joined([u8(39), u16(times), ...Array<Uint8Array>(times).fill(joined([u16(nal.length), nal]))]);
  const body = joined([config.subarray(8), sets]);
  body[22] = (body[22] as number) + 1;
  return single({ ...rest, config: box("hvcC", body) });
}

export const HEIF = files("HEIF", {
  "HEIC said to be 65535 × 65535": [() => single(hevc(), 65_535, 65_535), TOO_LARGE],
  "HEIC said to be 2³²−1 × 2³²−1": [() => single(hevc(), 2 ** 32 - 1, 2 ** 32 - 1), TOO_LARGE],
  "HEIC said to be 0 × 48": [() => single(hevc(), 0, 48), CORRUPT],
  "HEIC said to be larger than it is": [() => single(hevc(), 640, 480), CORRUPT],
  "HEIC said to be smaller than it is": [() => single(hevc(), 1, 1), TOO_SMALL],
  "AVIF said to be 65535 × 65535": [() => single(av1(), 65_535, 65_535), TOO_LARGE],
  "AVIF said to be larger than it is": [() => single(av1(), 640, 480), CORRUPT],
  "AVIF said to be smaller than it is": [() => single(av1(), 32, 32), CORRUPT],
  "AVIF said to have 12 bits": [() => changed("420.avif", "av1C", (view) => view.setUint8(10, 0x6c)), ANY],
  "AV1 in a box for HEVC": [() => single({ ...av1(), type: "hvc1" }), CORRUPT],
  "HEVC in a box for AV1": [
    () => single({ ...hevc(), config: box("av1C", u8(0x81, 0, 12, 0)), type: "av01" }),
    CORRUPT,
  ],
  "HEVC with the parameters of another": [
    () => single({ ...hevc(), config: coded("10bit.heic").config }),
    ANY,
  ],
  "HEVC without parameters": [() => single({ ...hevc(), config: box("hvcC", new Uint8Array(23)) }), CORRUPT],
  "HEVC with parameters cut off": [
    () => single({ ...hevc(), config: box("hvcC", hevc().config.subarray(8, 60)) }),
    CORRUPT,
  ],
  "HEVC with 10,000 parameter sets": [() => parameters(10_000), UNSUPPORTED],
  "HEVC with parameters of zeros": [
    () => single({ ...hevc(), config: changedConfig((body) => body.fill(0, 30)) }),
    CORRUPT,
  ],
  "HEVC with parameters of ones": [
    () => single({ ...hevc(), config: changedConfig((body) => body.fill(255, 35)) }),
    ANY,
  ],
  "a codec nobody knows": [() => heif([{ ...item(hevc()), type: "evil" }], 1), UNSUPPORTED],
  "JPEG in HEIF": [
    () => heif([{ type: "jpeg", properties: [ispe(64, 48)], data: readPicture("rgb.jpg") }], 1),
    UNSUPPORTED,
  ],
  "a picture of no bytes": [() => single({ ...hevc(), data: new Uint8Array(0) }), CORRUPT],
  "a picture of zeros": [() => single({ ...hevc(), data: new Uint8Array(5000) }), CORRUPT],
  "a picture of ones": [() => single({ ...hevc(), data: new Uint8Array(5000).fill(255) }), CORRUPT],
  "AV1 of zeros": [() => single({ ...av1(), data: new Uint8Array(5000) }), CORRUPT],
  "AV1 of ones": [() => single({ ...av1(), data: new Uint8Array(5000).fill(255) }), CORRUPT],
  "a grid of 256 × 256 without tiles": [() => gridOf(1, [], shape(256, 256, 16_384, 16_384), []), CORRUPT],
  "a grid of itself": [() => gridOf(1, [1], shape(1, 1, 64, 64), []), UNSUPPORTED.concat(CORRUPT)],
  "a grid of a grid": [
    () =>
      gridOf(2, [1], shape(1, 1, 64, 64), [
        { type: "grid", properties: [ispe(64, 64)], data: shape(1, 1, 64, 64) },
      ]),
    UNSUPPORTED.concat(CORRUPT),
  ],
  "a grid of a missing item": [() => gridOf(2, [77], shape(1, 1, 64, 64), [item(tile(), 64, 64)]), CORRUPT],
  "a grid of no bytes": [() => gridOf(2, [1], u8(), [item(tile(), 64, 64)]), CORRUPT],
  "a grid that does not cover itself": [() => grid(2, 2, 640, 640), CORRUPT],
  "a grid of 600 tiles": [() => grid(30, 20, 1920, 1280), PICTURE],
  "a grid whose tiles are one, 40,000 times": [
    () => gridOf(2, Array<number>(40_000).fill(1), shape(200, 200, 12_800, 12_800), [item(tile(), 64, 64)]),
    CORRUPT.concat(TOO_LARGE),
  ],
  "a grid whose tiles are all of the file, 40,000 times": [endlessExtents, CORRUPT],
  "a picture that is all of the file, 5,000 times": [() => overlapping(5000), CORRUPT],
  "19,000 references to something said at length": [wordyAuxiliary, PICTURE],
  "4,097 items": [() => heif(Array<Item>(4097).fill(item(hevc())), 1), UNSUPPORTED],
  "a list of 1 MB of nothing": [
    () => bare(joined(Array<Uint8Array>(140_000).fill(box("free")))),
    CORRUPT.concat(UNSUPPORTED),
  ],
  "boxes in boxes, 10,000 deep": [() => nested("meta", 10_000), CORRUPT],
  "20,001 boxes before the list": [
    () => joined([FTYP, ...Array<Uint8Array>(20_001).fill(box("free")), readPicture("420.heic")]),
    CORRUPT,
  ],
  "a box of 2⁶⁴ bytes": [
    () => joined([FTYP, u32(1), latin("free"), u32(0xffff_ffff), u32(0xffff_ffff), readPicture("420.heic")]),
    CORRUPT,
  ],
  "a box of no bytes, which means the rest": [
    () => joined([FTYP, u32(0), latin("free"), readPicture("420.heic")]),
    CORRUPT,
  ],
  "a box of 7 bytes": [() => joined([FTYP, u32(7), latin("free"), readPicture("420.heic")]), CORRUPT],
  "a first box of 2³² bytes": [
    () => changed("420.heic", "ftyp", (view) => view.setUint32(0, 2 ** 32 - 1)),
    CORRUPT,
  ],
  "no list": [() => joined([FTYP, box("mdat", new Uint8Array(100))]), CORRUPT],
  "an empty list": [() => bare(), CORRUPT],
  "a primary picture that is not there": [() => heif([item(hevc())], 999), CORRUPT],
  "two lists": [() => joined([readPicture("420.heic"), full("meta", full("pitm", u16(9)))]), PICTURE],
  "a crop of nothing": [() => single(hevc(), 64, 48, clap(0, 1, 0, 1, 0, 1, 0, 1)), PICTURE],
  "a crop divided by zero": [() => single(hevc(), 64, 48, clap(64, 0, 48, 0, 0, 0, 0, 0)), PICTURE],
  "a crop outside": [() => single(hevc(), 64, 48, clap(64, 1, 48, 1, 1000, 1, 1000, 1)), PICTURE],
  "a crop to one pixel": [() => single(hevc(), 64, 48, clap(1, 1, 1, 1, 0, 1, 0, 1)), TOO_SMALL],
  "turned a hundred times": [
    () => single(hevc(), 64, 48, ...Array.from({ length: 100 }, (_, i) => irot(i))),
    PICTURE,
  ],
  "transparency of itself": [
    () => heif([item(hevc(), 64, 48, auxC(ALPHA))], 1, [{ kind: "auxl", from: 1, to: [1] }]),
    ANY,
  ],
  "transparency of another size": [
    () => heif([item(hevc()), item(tile(), 64, 64, auxC(ALPHA))], 1, [{ kind: "auxl", from: 2, to: [1] }]),
    UNSUPPORTED,
  ],
  "transparency in another codec": [
    () => heif([item(hevc()), item(av1(), 64, 48, auxC(ALPHA))], 1, [{ kind: "auxl", from: 2, to: [1] }]),
    UNSUPPORTED,
  ],
  "colour codes 65535": [
    () => single(hevc(), 64, 48, box("colr", latin("nclx"), u16(65_535), u16(65_535), u16(65_535), u8(255))),
    ANY,
  ],
  "a profile of no bytes": [() => single(av1(), 64, 48, box("colr", latin("prof"))), ANY],
  "brands of videos alone": [
    () =>
      changed("420.heic", "ftyp", (view) => {
        for (let at = 8; at + 4 <= view.getUint32(0); at += at === 8 ? 8 : 4) view.setUint32(at, 0x6973_6f6d);
      }),
    UNSUPPORTED,
  ],
  "a video": [
    () =>
      joined([
        box("ftyp", latin("isom"), u32(512), latin("isommp42")),
        box("moov"),
        box("mdat", new Uint8Array(999)),
      ]),
    UNSUPPORTED,
  ],
  "the signature alone": [() => FTYP, CORRUPT],
});

function changedConfig(change: (body: Uint8Array) => void): Uint8Array {
  const { config } = hevc();
  change(config.subarray(8));
  return config;
}
