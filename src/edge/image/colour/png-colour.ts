import { joined, type Reader } from "../../source/probe/bytes.ts";
import { chunks } from "../decode/png-chunks.ts";
import { inflate } from "../decode/png-inflate.ts";
import { DecodeError } from "../pixels.ts";
import { MAX_PROFILE_BYTES, type Profile, parseIcc } from "./icc.ts";
import { FROM_D50, type Primaries, SRGB, times, toD50 } from "./matrix.ts";
import { codedSpace } from "./space.ts";
import { gamma, srgb } from "./transfer.ts";

/** The chunks by their order of precedence, PNG 3rd edition §4.3: cICP, iCCP, sRGB, then gAMA and cHRM. */
export async function pngColour(reader: Reader): Promise<Profile | undefined> {
  const found = new Map<string, { body: Uint8Array; at: number }>();
  for (const { type, body, offset } of chunks(reader)) {
    if (type === "IDAT") break;
    if (!found.has(type)) found.set(type, { body, at: offset + 8 });
  }
  const [coded, icc, gama, chrm] = ["cICP", "iCCP", "gAMA", "cHRM"].map((type) => found.get(type));
  if (coded) {
    const [primaries = 0, transfer = 0, matrix, isFullRange] = coded.body;
    if (matrix !== 0 || isFullRange !== 1) return undefined;
    const space = codedSpace(primaries, transfer);
    return space && { kind: "computed", space };
  }
  if (icc) return compressedProfile(icc.body);
  if (found.has("sRGB") || (!gama && !chrm)) return undefined;
  return measured(reader, gama?.at, chrm?.at);
}

/** A name, a zero, the method (0), and the profile as a zlib stream, of which no more is inflated than a profile may have. */
async function compressedProfile(body: Uint8Array): Promise<Profile | undefined> {
  const name = body.subarray(0, 80).indexOf(0);
  if (name < 0 || body[name + 1] !== 0) return undefined;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    await inflate([body.subarray(name + 2)], (piece) => {
      pieces.push(piece);
      bytes += piece.length;
      return bytes <= MAX_PROFILE_BYTES;
    });
  } catch (error) {
    if (error instanceof DecodeError) return undefined; // a broken profile is no reason to refuse the picture
    throw error;
  }
  return bytes > MAX_PROFILE_BYTES ? undefined : parseIcc(joined(pieces));
}

/** sRGB's curve is nearest to a gamma of 2.2, and what says so means it. */
const ALMOST_SRGB = { from: 2.1, to: 2.3 };

function measured(reader: Reader, gama: number | undefined, chrm: number | undefined): Profile | undefined {
  const value = (at: number) => reader.u32(at) / 100_000;
  const exponent = gama === undefined ? 2.2 : 1 / value(gama);
  if (!Number.isFinite(exponent) || exponent < 0.1 || exponent > 10) return undefined;
  const point = (at: number) => [value(at), value(at + 4)] as const;
  const primaries: Primaries =
    chrm === undefined
      ? SRGB
      : { white: point(chrm), red: point(chrm + 8), green: point(chrm + 16), blue: point(chrm + 24) };
  const toXyz = toD50(primaries);
  if (!toXyz) return undefined;
  const curve = exponent > ALMOST_SRGB.from && exponent < ALMOST_SRGB.to ? srgb : gamma(exponent);
  return { kind: "computed", space: { curves: [curve, curve, curve], matrix: times(FROM_D50, toXyz) } };
}
