import { describe, expect, it } from "vitest";
import { type PictureName, readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { paint, picture, pixelAt, psnr } from "../../../tests/fixtures/pictures/picture.ts";
import { joined, Reader } from "../source/probe/bytes.ts";
import { readHeif } from "../source/probe/heif.ts";
import { probe } from "../source/probe.ts";
import { decode, type Pixels } from "./index.ts";
import { DecodeError } from "./pixels.ts";
import { resize } from "./resize.ts";

async function decoded(bytes: Uint8Array, longSide = 4096): Promise<Pixels> {
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(bytes, probed, { longSide });
}

const opaque = picture();
const wide = paint(160, 112, (x, y) =>
  pixelAt(opaque, Math.floor((x * 64) / 160), Math.floor((y * 48) / 112)),
);

describe("HEIC as phones have it", () => {
  it("in tiles, of which the last stick out", async () => {
    expect(psnr(await decoded(readPicture("tiled.heic")), wide)).toBeGreaterThan(33);
  });
  it("in tiles, reduced", async () => {
    expect(psnr(await decoded(readPicture("tiled.heic"), 40), await resize(wide, 40, 28))).toBeGreaterThan(
      33,
    );
  });
  it("turned by three quarters anticlockwise, then mirrored from top to bottom", async () => {
    const turned = paint(112, 160, (x, y) => pixelAt(wide, y, 111 - x));
    const mirrored = paint(112, 160, (x, y) => pixelAt(turned, x, 159 - y));
    expect(psnr(await decoded(readPicture("tiled-turned.heic")), mirrored)).toBeGreaterThan(33);
  });
  it("cropped", async () => {
    const crop = paint(40, 30, (x, y) => pixelAt(opaque, x + 8, y + 12));
    expect(psnr(await decoded(readPicture("cropped.heic")), crop)).toBeGreaterThan(37);
  });
  it("keeps its transparency without loss", async () => {
    const alpha = ({ data }: Pixels) => data.filter((_, i) => i % 4 === 3);
    expect(alpha(await decoded(readPicture("alpha.heic")))).toEqual(alpha(picture("graded")));
  });
});

it("AVIF is turned as its header says, not as its Exif does", async () => {
  const upright = paint(48, 64, (x, y) => pixelAt(opaque, y, 47 - x));
  expect(psnr(await decoded(readPicture("exif-6.avif")), upright)).toBeGreaterThan(28); // Pillow writes irot
});

describe("data that lies", () => {
  /** Where the first tile's parameters and data lie. */
  function tileOf(name: PictureName) {
    const bytes = readPicture(name);
    const heif = readHeif(new Reader(bytes));
    if ("code" in heif) throw new Error(heif.detail);
    const tile = heif.picture.tiles[0];
    const extent = tile?.extents[0];
    if (!tile || !extent) throw new Error("no tile");
    return { bytes, extent, config: tile.config };
  }
  const broken = new DecodeError("The HEIC data is broken.");

  it("of a picture that needs another, which would be made up, is not decoded", async () => {
    const { bytes, extent } = tileOf("444.heic");
    let at = extent.start;
    while ((((bytes[at + 4] as number) >> 1) & 63) > 31) at += 4 + new DataView(bytes.buffer).getUint32(at);
    bytes[at + 4] = 1 << 1; // a trailing picture instead of one that stands alone
    await expect(decoded(bytes)).rejects.toThrow(broken);
  });
  it("of a unit that ends outside is not decoded", async () => {
    const { bytes, extent } = tileOf("444.heic");
    bytes[extent.start] = 0x7f;
    await expect(decoded(bytes)).rejects.toThrow(broken);
  });
  it("parameters among the data are not looked at", async () => {
    const { bytes, extent, config } = tileOf("444.heic");
    const sps = bytes.indexOf(33 << 1, config.data + 23);
    const length = ((bytes[sps - 2] as number) << 8) | (bytes[sps - 1] as number);
    const unit = joined([Uint8Array.of(0, 0, 0, length), bytes.subarray(sps, sps + length)]);
    unit[unit.length - 20] = 0xff; // whatever it says
    const data = joined([unit, bytes.subarray(extent.start, extent.end)]);
    const file = joined([bytes, data]);
    const view = new DataView(file.buffer);
    const iloc = new TextDecoder("latin1").decode(file).indexOf("iloc");
    view.setUint32(iloc + 18, bytes.length);
    view.setUint32(iloc + 22, data.length);
    expect(await decoded(file)).toEqual(await decoded(readPicture("444.heic")));
  });
  it("of a larger picture than the header says is refused before it is decoded", () => {
    const bytes = readPicture("phone.heic");
    const text = new TextDecoder("latin1").decode(bytes);
    const view = new DataView(bytes.buffer);
    view.setUint16(text.indexOf("pitm") + 8, 1); // a tile as the picture
    expect(probe(bytes)).toMatchObject({ ok: true, width: 512, height: 512 });
    for (let at = text.indexOf("ispe"); at >= 0; at = text.indexOf("ispe", at + 1)) {
      if (view.getUint32(at + 8) !== 512) continue;
      view.setUint32(at + 8, 100);
      view.setUint32(at + 12, 100);
    }
    const detail = "The coded picture is larger than the file says.";
    expect(probe(bytes)).toEqual({ ok: false, code: "corrupt_picture", detail });
  });
});

it("12 MP of a phone are read in tiles, within bounds", async () => {
  const bytes = readPicture("phone.heic");
  expect(probe(bytes)).toMatchObject({ width: 4032, height: 3024, orientation: 6 });
  const { width, height } = await decoded(bytes, 768);
  expect([width, height]).toEqual([576, 768]);
});
