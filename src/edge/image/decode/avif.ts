import { Reader } from "../../source/probe/bytes.ts";
import { type Coded, readHeif } from "../../source/probe/heif.ts";
import { boxes, findBox } from "../../source/probe/isobmff.ts";
import type { Probe } from "../../source/probe/types.ts";
import { Codec, startEmscripten } from "../codec.ts";
import { DecodeError, type Pixels } from "../pixels.ts";
import { Shrink, shrunkSize } from "../shrink.ts";
import { setAlpha } from "./alpha-lines.ts";

type AvifApi = { decode(bytes: Uint8Array, bitDepth: 8): Pixels | null };

/** What sound pictures take is estimated before (MAX_CODED_BYTES); this is for those that lie, with room for the estimate's error. */
const MAX_BYTES = 96 * 1024 * 1024;

/** 0.35 MB compressed: loaded when first asked for. */
const decoder = new Codec<AvifApi>(async () => {
  const [factory, wasm] = await Promise.all([
    import("@jsquash/avif/codec/dec/avif_dec.js"),
    import("@jsquash/avif/codec/dec/avif_dec.wasm"),
  ]);
  return startEmscripten(factory.default, wasm.default, MAX_BYTES);
});

/**
 * libavif gives the whole coded picture, which is cropped and turned here. Transparency is decoded after the colours, as the picture that it
 * is: both at once would take twice the memory. Of a sequence: its still picture.
 */
export async function decodeAvif(bytes: Uint8Array, probed: Probe, longSide: number): Promise<Pixels> {
  const heif = readHeif(new Reader(bytes));
  if ("code" in heif) throw new DecodeError(heif.detail);
  const { picture, alpha, shown, isPremultiplied } = heif;
  const colours = await decodeItem(alpha ? withPrimary(bytes, picture.id) : bytes, picture);
  const shades = alpha && (await decodeItem(withPrimary(bytes, alpha.id), alpha));
  const shrink = new Shrink(shown, shrunkSize(shown, probed, longSide));
  for (let y = shown.top; y < shown.top + shown.height; y++) {
    const from = (y * picture.width + shown.left) * 4;
    const line = colours.subarray(from, from + shown.width * 4);
    if (shades) setAlpha(line, shades.subarray(from, from + shown.width * 4), isPremultiplied, 4);
    shrink.push(line);
  }
  return shrink.finish();
}

async function decodeItem(bytes: Uint8Array, { width, height }: Coded): Promise<Uint8ClampedArray> {
  const decoded = await decoder.use((api) => {
    const found = api.decode(bytes, 8);
    if (!found) throw new DecodeError("The AVIF data is broken."); // or there was no memory for it, which `use` finds out
    return found;
  });
  if (decoded.width !== width || decoded.height !== height)
    throw new DecodeError("The AVIF's picture has another size than its header says.");
  return decoded.data;
}

/** A copy of the file whose primary picture is this one, and no picture another's transparency. */
function withPrimary(bytes: Uint8Array, id: number): Uint8Array {
  const copy = bytes.slice();
  const reader = new Reader(copy);
  const meta = findBox(reader, { data: 0, end: copy.length }, "meta");
  const body = meta && { data: meta.data + 4, end: meta.end };
  const [pitm, iref] = ["pitm", "iref"].map((type) => body && findBox(reader, body, type));
  if (!pitm || !iref) throw new DecodeError("The AVIF data is broken.");
  const view = new DataView(copy.buffer);
  if (copy[pitm.data] === 0) view.setUint16(pitm.data + 4, id);
  else view.setUint32(pitm.data + 4, id);
  for (const { type, start } of boxes(reader, iref.data + 4, iref.end))
    if (type === "auxl" || type === "prem") copy.set(FREE, start + 4);
  return copy;
}

/** "free": a box that says nothing. */
const FREE = [0x66, 0x72, 0x65, 0x65];
