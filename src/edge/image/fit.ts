import { CENTRE, type Colour, type Fit, MAX_SIDE, type Point } from "../../contract/transform.ts";
import { hasAlpha } from "./alpha.ts";
import type { Pixels, Size } from "./pixels.ts";
import { resize } from "./resize.ts";

/**
 * Either side may be left out, and is then whatever the other asks for, up to MAX_SIDE; both are 1 or more. Nothing is enlarged to more
 * than `maxPixels`; `cover` and `pad` fill a box of two sides, which must not have more.
 */
export type Box = { width?: number | undefined; height?: number | undefined; fit: Fit; maxPixels: number };

/** What to take from the picture, to which size to bring it, and the canvas around it (centred) where it is larger. */
export type Plan = {
  crop: { x: number; y: number; width: number; height: number };
  size: Size;
  canvas: Size;
};

/**
 * The meaning of `fit` is Cloudflare Images' (https://developers.cloudflare.com/images/transform-images/transform-via-url/#fit):
 * `scale-down` and `contain` keep all of the picture inside the box, the former without enlarging; `cover` fills the box and cuts
 * the rest off; `crop` does so without enlarging; `pad` is `contain` on a canvas of the box's size. With one side only,
 * there is nothing to cut or pad.
 *
 * @param gravity which part of what is left over is cut off at the left and at the top
 */
export function planFit({ width, height }: Size, box: Box, gravity: Point = CENTRE): Plan {
  const whole = { x: 0, y: 0, width, height };
  const isOpen = box.width === undefined || box.height === undefined;
  if (box.width === undefined && box.height === undefined)
    return { crop: whole, size: { width, height }, canvas: { width, height } };
  const [boxWidth, boxHeight] = [box.width ?? MAX_SIDE, box.height ?? MAX_SIDE];
  const inside = Math.min(boxWidth / width, boxHeight / height);
  const mayEnlarge = box.fit !== "scale-down" && box.fit !== "crop";

  if (isOpen || box.fit === "scale-down" || box.fit === "contain" || box.fit === "pad") {
    const roomy = Math.sqrt(box.maxPixels / (width * height)); // but for the rounding of both sides
    const scale = Math.min(inside, mayEnlarge ? roomy : 1);
    const size = { width: side(width * scale, boxWidth), height: side(height * scale, boxHeight) };
    const canvas = box.fit === "pad" && !isOpen ? { width: boxWidth, height: boxHeight } : size;
    return { crop: whole, size, canvas };
  }

  const covering = Math.max(boxWidth / width, boxHeight / height);
  const scale = mayEnlarge ? covering : Math.min(1, covering);
  const size = { width: side(width * scale, boxWidth), height: side(height * scale, boxHeight) };
  const crop = { width: side(size.width / scale, width), height: side(size.height / scale, height) };
  const x = Math.floor((width - crop.width) * gravity.x);
  const y = Math.floor((height - crop.height) * gravity.y);
  return { crop: { x, y, ...crop }, size, canvas: size };
}

/** The picture as planned for its size, laid on the background: it is seen around the picture, and through it. */
export async function applyFit(
  pixels: Pixels,
  { crop, size, canvas }: Plan,
  background: Colour,
): Promise<Pixels> {
  return layOn(await resize(cut(pixels, crop), size.width, size.height), canvas, background);
}

/** The picture in the middle of a canvas, on the background. */
export function layOn(picture: Pixels, canvas: Size, background: Colour): Pixels {
  const isBare = canvas.width === picture.width && canvas.height === picture.height;
  if (isBare && (background[3] === 0 || !hasAlpha(picture))) return picture;
  const x = Math.floor((canvas.width - picture.width) / 2);
  const y = Math.floor((canvas.height - picture.height) / 2);
  return place(picture, blank(canvas.width, canvas.height, background), x, y);
}

const side = (exact: number, most: number) => Math.max(1, Math.min(most, Math.round(exact)));

function cut(pixels: Pixels, { x, y, width, height }: Plan["crop"]): Pixels {
  if (width === pixels.width && height === pixels.height) return pixels;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * pixels.width + x) * 4;
    data.set(pixels.data.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, data };
}

function blank(width: number, height: number, colour: Colour): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  const [pixel = 0] = new Uint32Array(Uint8ClampedArray.from(colour).buffer);
  new Uint32Array(data.buffer).fill(pixel);
  return { width, height, data };
}

/** Writes the picture over the canvas, which is at least as large; transparent places show the canvas. */
function place(pixels: Pixels, canvas: Pixels, x: number, y: number): Pixels {
  for (let row = 0; row < pixels.height; row++) {
    let to = ((y + row) * canvas.width + x) * 4;
    for (let from = row * pixels.width * 4; from < (row + 1) * pixels.width * 4; from += 4, to += 4) {
      over(pixels.data, from, canvas.data, to);
    }
  }
  return canvas;
}

/** Porter–Duff "over" for one pixel of straight alpha. */
function over(above: Uint8ClampedArray, from: number, below: Uint8ClampedArray, to: number): void {
  const alpha = (above[from + 3] as number) / 255;
  const rest = ((below[to + 3] as number) / 255) * (1 - alpha);
  const total = alpha + rest;
  if (total === 0) return;
  for (let c = 0; c < 3; c++) {
    below[to + c] = ((above[from + c] as number) * alpha + (below[to + c] as number) * rest) / total;
  }
  below[to + 3] = total * 255;
}
