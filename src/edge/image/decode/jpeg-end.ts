import { Reader } from "../../source/probe/bytes.ts";
import { EOI, isStandalone, markerEnd, SOS } from "../../source/probe/jpeg-segments.ts";
import { u8 } from "../bytes.ts";

const PROGRESSIVE = 0xc2;

/** The marker that ends a picture. */
export const END = u8(0xff, EOI);

/**
 * The same after 256 bits that are 1. A decoder takes what is missing for zeros once it meets the end, so that a truncated picture and a whole
 * one look alike to it; but behind a whole one's data nothing is read, while no code is made of ones alone (T.81 §C).
 */
export const ONES_AND_END = u8(...Array(32).fill([0xff, 0x00]).flat(), ...END);

/**
 * A JPEG without its end, of some cameras and transfers: up to where that belongs. Undefined where it has one, or lacks more by what its
 * headers say: part of a segment, or a scan. Whether the last scan is whole, only decoding can tell.
 */
export function withoutEnd(bytes: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(bytes);
  const { length } = bytes;
  if (reader.u8(length - 2) === 0xff && reader.u8(length - 1) === EOI) return undefined; // nearly all there are
  /** Of each component, the coefficients of which bits are to come: T.81 §G.1.1.1. */
  const missing = new Map<number, Set<number>>();
  let isProgressive = false;
  for (let at = markerEnd(reader, 2); at >= 0; at = markerEnd(reader, at)) {
    const marker = reader.u8(at - 1);
    if (marker === EOI) return undefined;
    if (isStandalone(marker)) continue;
    const end = at + reader.u16(at);
    if (end < at + 2 || end > length) return undefined;
    if (marker >= 0xc0 && marker <= PROGRESSIVE) {
      isProgressive = marker === PROGRESSIVE;
      for (let i = 0; i < reader.u8(at + 7); i++)
        missing.set(reader.u8(at + 8 + 3 * i), new Set(Array(64).keys()));
    }
    if (marker === SOS) {
      const count = reader.u8(at + 2);
      const [first, last, bits] = [0, 1, 2].map((i) => reader.u8(at + 3 + 2 * count + i)) as [
        number,
        number,
        number,
      ];
      for (let i = 0; i < count; i++) {
        const left = missing.get(reader.u8(at + 3 + 2 * i));
        if (!isProgressive) left?.clear();
        else if ((bits & 15) === 0) for (let k = first; k <= last; k++) left?.delete(k);
      }
    }
    at = end;
  }
  if (missing.size === 0 || [...missing.values()].some(({ size }) => size > 0)) return undefined;
  let end = length;
  while (bytes[end - 1] === 0xff) end--; // the first half of a marker
  return bytes.subarray(0, end);
}
