import type { Erasure } from "../../../client/index.ts";
import { counted } from "../../text.ts";
import { toTheMinute } from "./answer.ts";

/** What was deleted, and what is not ours to delete. */
export function erasureText(erasure: Erasure): string {
  const { uploads, stylizations, pictures, masters, variants, mattes, sweptAgainAt, caches } = erasure;
  const what = [
    counted(uploads, "upload"),
    counted(stylizations, "stylization"),
    counted(pictures, "picture"),
    counted(masters, "drawing"),
    counted(variants, "cached size"),
    counted(mattes, "matte"),
  ].join(", ");
  return `Erased: ${what}.\nOnce more at ${toTheMinute(sweptAgainAt)} UTC, for what was being drawn meanwhile.\n${caches}\n`;
}
