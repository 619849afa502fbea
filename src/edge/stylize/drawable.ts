import { ProblemError } from "../../contract/problem.ts";
import type { Style } from "../../contract/style.ts";
import { decodedSize } from "../image/index.ts";
import type { Probe } from "../source/probe.ts";

/**
 * Throws the problem `picture_too_small` where a side at working size is shorter than any of the styles takes, before anything is decoded.
 *
 * @param target.longSide the working size
 */
export function requireDrawable(
  probed: Probe,
  target: { longSide: number },
  styles: readonly Pick<Style, "sizes">[],
): void {
  const { width, height } = decodedSize(probed, target);
  const least = Math.min(...styles.map(({ sizes }) => sizes.min));
  if (Math.min(width, height) >= least) return;
  const detail = `At working size the picture has ${width} × ${height} pixels; each side needs ${least}.`;
  throw new ProblemError("picture_too_small", detail);
}
