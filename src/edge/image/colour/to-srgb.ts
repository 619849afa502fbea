import type { Profile } from "./icc.ts";
import type { ColourTable } from "./icc-table.ts";
import { convert } from "./space.ts";

/** A profile's table of inks; undefined where it is one of red, green and blue. */
export const inksOf = (profile: Profile): ColourTable | undefined =>
  profile.kind === "table" && profile.channels === 4 ? profile.table : undefined;

/** Turns RGBA samples into sRGB in place. Inks have been before, when they were decoded. */
export function toSrgb(data: Uint8ClampedArray, profile: Profile): void {
  if (profile.kind === "computed") convert(data, profile.space);
  else if (profile.channels === 3) for (let i = 0; i < data.length; i += 4) profile.table(data, i, data, i);
}
