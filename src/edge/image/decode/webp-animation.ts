import { Reader } from "../../source/probe/bytes.ts";
import { FRAME_HEADER, findChunk, readBitstream } from "../../source/probe/webp.ts";
import { DecodeError } from "../pixels.ts";
import { extendedHeader, HAS_ALPHA, webpFile } from "../webp-file.ts";

/** A still WebP file and its place on the animation's canvas, in pixels. */
export type Frame = { bytes: Uint8Array; x: number; y: number };

/**
 * Makes a still of an animation's first frame. RFC 9649 §2.7.1.1 (ANMF): its header, then an optional ALPH and one VP8 or VP8L chunk,
 * which is just what a still file consists of.
 *
 * @throws DecodeError where there is no whole first frame inside the canvas
 */
export function firstFrame(bytes: Uint8Array, canvas: { width: number; height: number }): Frame {
  const reader = new Reader(bytes);
  const frame = findChunk(reader, 12, reader.length, ["ANMF"]);
  if (!frame || frame.length < FRAME_HEADER) throw broken();
  const { data } = frame;
  const [x, y] = [reader.u24le(data) * 2, reader.u24le(data + 3) * 2];
  const [width, height] = [reader.u24le(data + 6) + 1, reader.u24le(data + 9) + 1];
  if (x + width > canvas.width || y + height > canvas.height) {
    throw new DecodeError("The WebP's first frame lies outside its canvas.");
  }
  const picture = findChunk(reader, data + FRAME_HEADER, frame.end, ["VP8 ", "VP8L"]);
  if (!picture) throw broken();
  const bitstream = readBitstream(reader, picture.start);
  if ("code" in bitstream || bitstream.width !== width || bitstream.height !== height) throw broken();
  const alpha =
    picture.type === "VP8 " ? findChunk(reader, data + FRAME_HEADER, picture.start, ["ALPH"]) : undefined;
  const chunks = [picture].map((chunk) => bytes.subarray(chunk.start, chunk.end));
  if (alpha) chunks.unshift(extendedHeader(HAS_ALPHA, width, height), bytes.subarray(alpha.start, alpha.end));
  return { bytes: webpFile(chunks), x, y };
}

const broken = () => new DecodeError("The WebP's first frame is broken.");
