import { joined, Reader } from "../../source/probe/bytes.ts";
import { readHeif } from "../../source/probe/heif.ts";
import { segments } from "../../source/probe/jpeg-segments.ts";
import type { Probe } from "../../source/probe/types.ts";
import { findChunk } from "../../source/probe/webp.ts";
import { MAX_PROFILE_BYTES, type Profile, parseIcc } from "./icc.ts";
import { pngColour } from "./png-colour.ts";
import { codedSpace, isSrgb, type RgbSpace } from "./space.ts";

/**
 * What a file says of its colours, where that is not sRGB. Profiles that are broken, too large or of kinds that nobody's pictures have are
 * as good as none: undefined, as for sRGB.
 */
export async function embeddedProfile(
  bytes: Uint8Array,
  format: Probe["format"],
): Promise<Profile | undefined> {
  const reader = new Reader(bytes);
  const profile = await find(reader, format);
  return profile?.kind === "computed" && isSrgb(profile.space) ? undefined : profile;
}

const computed = (space: RgbSpace | undefined): Profile | undefined => space && { kind: "computed", space };

async function find(reader: Reader, format: Probe["format"]): Promise<Profile | undefined> {
  switch (format) {
    case "jpeg":
      return parsed(jpegProfile(reader));
    case "png":
      return pngColour(reader);
    case "webp":
      return parsed(webpProfile(reader));
    case "gif":
      return undefined; // has no place for one
    case "avif":
    case "heic": {
      const heif = readHeif(reader);
      if ("code" in heif) return undefined;
      if (heif.icc) return parsed(reader.bytes.subarray(heif.icc.start, heif.icc.end));
      return computed(heif.nclx && codedSpace(heif.nclx.primaries, heif.nclx.transfer));
    }
  }
}

const parsed = (icc: Uint8Array | undefined) => icc && parseIcc(icc);

const ICC_HEAD = "ICC_PROFILE\0";

/** A profile in numbered pieces of up to 64 KB. ICC.1:2022 annex B.4. */
function jpegProfile(reader: Reader): Uint8Array | undefined {
  const pieces = new Map<number, Uint8Array>();
  for (const { marker, start, end } of segments(reader)) {
    if (marker !== 0xe2 || !reader.is(start, ICC_HEAD)) continue;
    const data = start + ICC_HEAD.length + 2;
    if (data < end) pieces.set(reader.u8(start + ICC_HEAD.length), reader.bytes.subarray(data, end));
  }
  const ordered = Array.from({ length: pieces.size }, (_, i) => pieces.get(i + 1));
  const bytes = ordered.reduce((sum, piece) => sum + (piece?.length ?? Number.POSITIVE_INFINITY), 0);
  if (bytes === 0 || bytes > MAX_PROFILE_BYTES) return undefined;
  return joined(ordered as Uint8Array[]);
}

function webpProfile(reader: Reader): Uint8Array | undefined {
  const chunk = reader.is(12, "VP8X") ? findChunk(reader, 12, reader.length, ["ICCP"]) : undefined;
  return chunk && reader.bytes.subarray(chunk.data, chunk.data + chunk.length);
}
