import { joined, type Reader } from "../../source/probe/bytes.ts";
import type { Coded } from "../../source/probe/heif.ts";
import { parameterSets } from "../../source/probe/hevc.ts";
import { Codec, startEmscripten } from "../codec.ts";
import { DecodeError } from "../pixels.ts";
import type { Planar, Plane } from "./ycbcr.ts";

/** libde265, as libheif-js (LGPL-3.0) has it. The calls are those of its de265.h. */
export type HevcApi = {
  HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _de265_new_decoder(): number;
  _de265_free_decoder(decoder: number): number;
  /** Copies the data. The time is a 64-bit number in two halves. */
  _de265_push_NAL(
    decoder: number,
    at: number,
    bytes: number,
    timeLow: number,
    timeHigh: number,
    user: number,
  ): number;
  _de265_flush_data(decoder: number): number;
  _de265_decode(decoder: number, more: number): number;
  /** 0: none. The decoder keeps the picture. */
  _de265_get_next_picture(decoder: number): number;
  _de265_get_chroma_format(picture: number): number;
  _de265_get_image_width(picture: number, channel: number): number;
  _de265_get_image_height(picture: number, channel: number): number;
  _de265_get_bits_per_pixel(picture: number, channel: number): number;
  _de265_get_image_plane(picture: number, channel: number, stride: number): number;
  _de265_get_image_matrix_coefficients(picture: number): number;
  _de265_get_image_full_range_flag(picture: number): number;
};

/** What sound pictures take is estimated before (MAX_CODED_BYTES); this is for those that lie, with room for the estimate's error. */
const MAX_BYTES = 96 * 1024 * 1024;

/** 0.5 MB compressed: loaded when first asked for. */
export const hevcDecoder = new Codec<HevcApi>(async () => {
  const [{ default: factory }, { default: wasm }] = await Promise.all([
    import("libheif-js/libheif-wasm/libheif.js"),
    import("libheif-js/libheif-wasm/libheif.wasm"),
  ]);
  return startEmscripten<HevcApi>(asInBrowsers(factory), wasm, MAX_BYTES);
});

/** The package takes whatever has process.versions for Node and asks for a folder to read from, where it finds nothing that we need. */
function asInBrowsers(factory: unknown): (options: unknown) => HevcApi {
  return (options) => {
    const scope = globalThis as { __dirname?: string };
    const before = scope.__dirname;
    scope.__dirname ??= "/";
    try {
      return (factory as (options: unknown) => HevcApi)(options);
    } finally {
      if (before === undefined) delete scope.__dirname;
    }
  };
}

/** NAL unit types of pictures that need no other (ITU-T H.265 table 7-1), and of all pictures. */
const isRandomAccess = (type: number) => type >= 16 && type <= 21;
const isPicture = (type: number) => type < 32;

/**
 * Decodes tiles side by side and hands them to `work`, in whose time they live.
 *
 * @throws DecodeError where the data is broken, or is not one picture of the promised size
 */
export function withTiles<Result>(
  api: HevcApi,
  memory: WebAssembly.Memory,
  reader: Reader,
  tiles: Coded["tiles"],
  size: { width: number; height: number },
  work: (pictures: Planar[]) => Result,
): Result {
  const decoders = tiles.map(() => api._de265_new_decoder());
  const word = api._malloc(4);
  const decoded = tiles.map((tile, i) => {
    const decoder = decoders[i] as number;
    for (const unit of unitsOf(reader, tile)) push(api, memory, decoder, unit);
    return picture(api, decoder, word);
  });
  // Views only now, since a memory that grows takes them away; what is thrown takes the instance away, so that nothing leaks.
  const result = work(decoded.map((at) => planar(api, memory, at, word, size)));
  for (const decoder of decoders) api._de265_free_decoder(decoder);
  api._free(word);
  return result;
}

/**
 * The parameter sets of the header, which the probe has seen, and the picture's own units: parameters among the data could ask for another
 * size, and a picture that needs others would get them made up, at the cost of their memory.
 */
function* unitsOf(reader: Reader, { extents, config }: Coded["tiles"][number]): Generator<Uint8Array> {
  for (const { start, end } of parameterSets(reader, config)) yield reader.bytes.subarray(start, end);
  const lengthSize = (reader.u8(config.data + 21) & 3) + 1;
  const data = joined(
    extents.map(({ start, end }) => {
      if (start > end || end > reader.length) throw broken();
      return reader.bytes.subarray(start, end);
    }),
  );
  for (let at = 0; at + lengthSize < data.length; ) {
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + (data[at++] as number);
    if (length < 2 || at + length > data.length) throw broken();
    const type = ((data[at] as number) >> 1) & 63;
    if (isPicture(type) && !isRandomAccess(type)) throw broken();
    if (isPicture(type)) yield data.subarray(at, at + length);
    at += length;
  }
}

function push(api: HevcApi, memory: WebAssembly.Memory, decoder: number, unit: Uint8Array): void {
  const at = api._malloc(unit.length);
  if (at === 0) throw broken();
  new Uint8Array(memory.buffer, at, unit.length).set(unit);
  const failed = api._de265_push_NAL(decoder, at, unit.length, 0, 0, 0);
  api._free(at);
  if (failed !== 0) throw broken();
}

/** Steps that decoding a picture may take; each does at least a unit, or says that it wants no more. */
const MAX_STEPS = 100_000;

function picture(api: HevcApi, decoder: number, more: number): number {
  if (api._de265_flush_data(decoder) !== 0) throw broken();
  for (let step = 0; step < MAX_STEPS; step++) {
    api.HEAP32[more >> 2] = 0;
    if (api._de265_decode(decoder, more) !== 0) throw broken();
    const found = api._de265_get_next_picture(decoder);
    if (found !== 0) return found;
    if (api.HEAP32[more >> 2] === 0) throw broken();
  }
  throw broken();
}

/** By chroma format: how much coarser chroma is. */
const COARSER = [
  { across: 1, down: 1 },
  { across: 2, down: 2 },
  { across: 2, down: 1 },
  { across: 1, down: 1 },
];

function planar(
  api: HevcApi,
  memory: WebAssembly.Memory,
  at: number,
  word: number,
  { width, height }: { width: number; height: number },
): Planar {
  const format = api._de265_get_chroma_format(at);
  const chroma = COARSER[format];
  const isLargeEnough =
    api._de265_get_image_width(at, 0) >= width && api._de265_get_image_height(at, 0) >= height;
  if (!chroma || !isLargeEnough) throw broken();
  const plane = (channel: number) => planeOf(api, memory, at, channel, word);
  return {
    ...{ width, height, chroma },
    planes: format === 0 ? [plane(0)] : [plane(0), plane(1), plane(2)],
    matrix: api._de265_get_image_matrix_coefficients(at),
    isFullRange: api._de265_get_image_full_range_flag(at) === 1,
  };
}

function planeOf(
  api: HevcApi,
  memory: WebAssembly.Memory,
  picture: number,
  channel: number,
  word: number,
): Plane {
  const at = api._de265_get_image_plane(picture, channel, word);
  const stride = api.HEAP32[word >> 2] as number;
  const lines = api._de265_get_image_height(picture, channel);
  const bitDepth = api._de265_get_bits_per_pixel(picture, channel);
  return { bytes: new Uint8Array(memory.buffer, at, stride * lines), stride, bitDepth };
}

const broken = () => new DecodeError("The HEIC data is broken.");
