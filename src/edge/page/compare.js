// @ts-check
import { element } from "./element.js";

const figure = element("compare", HTMLElement);
const slider = element("slider", HTMLInputElement);
const before = element("before", HTMLImageElement);
const after = element("after", HTMLImageElement);

/** The photo, with the drawing over it from the slider's place to the right. */
export function startComparing() {
  slider.addEventListener("input", place);
  place();
}

function place() {
  figure.style.setProperty("--at", `${slider.value}%`);
  slider.setAttribute("aria-valuetext", `${slider.value}% photo`);
}

/**
 * Shows both at once, when both can be drawn, and lets go of the blobs shown before. A drawing without a photo, or with one of another
 * shape, stands alone.
 *
 * @param {Blob | undefined} photo
 * @param {Blob} drawing
 * @param {AbortSignal} signal
 * @returns {Promise<{ width: number, height: number, url: string, isAlone: boolean }>} the drawing's size, in pixels, and where a link
 *   finds it
 */
export async function show(photo, drawing, signal) {
  const [nextBefore, nextAfter] = await Promise.all([load(photo ?? drawing), load(drawing)]);
  if (signal.aborted) {
    for (const image of [nextBefore, nextAfter]) URL.revokeObjectURL(image.src);
    throw signal.reason;
  }
  for (const image of [before, after]) if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
  // The drawing's proportions are the true ones: a photo's differ by its rounding.
  figure.style.setProperty("--ratio", String(nextAfter.naturalWidth / nextAfter.naturalHeight));
  figure.style.setProperty("--natural", `${Math.max(nextBefore.naturalWidth, nextAfter.naturalWidth)}px`);
  const isAlone = !photo || !isAlike(nextBefore, nextAfter);
  figure.classList.toggle("is-alone", isAlone);
  before.src = nextBefore.src;
  after.src = nextAfter.src;
  slider.value = "50";
  place();
  return { width: nextAfter.naturalWidth, height: nextAfter.naturalHeight, url: nextAfter.src, isAlone };
}

/**
 * The same shape, but for a pixel that rounding takes or gives.
 *
 * @param {HTMLImageElement} photo
 * @param {HTMLImageElement} drawing
 */
function isAlike({ naturalWidth, naturalHeight }, drawing) {
  const scale = drawing.naturalWidth / naturalWidth;
  return Math.abs(naturalHeight * scale - drawing.naturalHeight) <= 1 + scale;
}

/** @param {Blob} blob */
async function load(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  return image;
}
