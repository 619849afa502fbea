import { uprightSize } from "../image/index.ts";
import type { Probe } from "../source/probe.ts";
import type { Original } from "../source/record.ts";

/** What is told of a source of so many bytes. */
export const originalOf = (probed: Probe, bytes: number): Original => ({
  file_size: bytes,
  ...uprightSize(probed, probed.orientation),
  format: `image/${probed.format}`,
});
