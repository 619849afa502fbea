import type { HostileFile } from "./file.ts";
import { GIF } from "./gif.ts";
import { HEIF } from "./heif.ts";
import { JPEG } from "./jpeg.ts";
import { mutations } from "./mutations.ts";
import { PNG } from "./png.ts";
import { POLYGLOTS, TEXTS } from "./text.ts";
import { WEBP } from "./webp.ts";

export type { HostileFile, Verdict } from "./file.ts";

/**
 * All files that are made to harm or are broken: none is stored, each is made when it is needed, and is the same in every run.
 *
 * @param rounds of random mutations; one is 140 files
 */
export const hostileFiles = (rounds: number): HostileFile[] => [
  ...[JPEG, PNG, GIF, WEBP, HEIF, TEXTS, POLYGLOTS].flat(),
  ...mutations(rounds),
];
