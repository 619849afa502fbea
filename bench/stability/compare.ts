import type { Drawing, Drawings } from "../../tests/support/drawings.ts";
import { type Changed, changesOf, original } from "./changes.ts";
import { type Difference, difference, type Region } from "./difference.ts";
import { type Flips, flips, regionsOf } from "./faces.ts";
import { png, type Raster, raster } from "./raster.ts";
import { between, panAndZoom, seen, type View } from "./view.ts";

/** What a change did to a photo, and to its drawing. */
export type Compared = {
  change: string;
  overall: Pair;
  /** Within the faces' boxes; undefined where there are none. */
  faces: Pair | undefined;
  /** Within those that are drawn by themselves, and with the frame. */
  heads: Pair | undefined;
  framed: Pair | undefined;
  flips: Flips;
};

export type Pair = { photo: Difference; drawing: Difference };

/** Pixels at the border that do not count: they are drawn with less around them. */
const MARGIN = 4;

/** The same photo, changed in each of the ways that `changesOf` has. */
export async function compareChanges(
  photo: Uint8Array,
  style: string,
  drawings: Drawings,
): Promise<Compared[]> {
  const pictures = await original(photo);
  const { first } = pictures;
  const before = await drawn(await png(first), style, drawings);
  const compared: Compared[] = [];
  for (const changed of await changesOf(pictures)) {
    const after = await drawn(changed.file, style, drawings);
    compared.push(compare({ photo: first, ...before }, { photo: changed.pixels, ...after }, changed));
  }
  return compared;
}

/** Each frame of a clip beside the one before it. */
export async function compareClip(
  photo: Uint8Array,
  style: string,
  drawings: Drawings,
  { side, frames, zoom }: { side: number; frames: number; zoom: number },
): Promise<Compared[]> {
  const whole = await raster(photo);
  const views = panAndZoom(whole, side, side, frames, zoom);
  const compared: Compared[] = [];
  let last: (Side & { view: View }) | undefined;
  for (const view of views) {
    const frame = seen(whole, view, side, side);
    const now = { photo: frame, view, ...(await drawn(await png(frame), style, drawings)) };
    if (last) compared.push(compare(last, now, { name: "clip", places: between(last.view, view) }));
    last = now;
  }
  return compared;
}

type Side = { photo: Raster; drawing: Raster; faces: Drawing["faces"] };

async function drawn(file: Uint8Array, style: string, drawings: Drawings): Promise<Omit<Side, "photo">> {
  const { bytes, faces } = await drawings.draw(file, style);
  return { drawing: await raster(bytes), faces };
}

function compare(before: Side, after: Side, { name, places }: Pick<Changed, "name" | "places">): Compared {
  const { width, height } = before.photo;
  const [photo, drawing] = [after.photo, after.drawing].map((picture) =>
    seen(picture, places, width, height),
  );
  const shown = shownIn(places, before.photo);
  const pair = (regions: Region[]): Pair | undefined => {
    const photos = difference(before.photo, photo as Raster, regions);
    const drawings = difference(before.drawing, drawing as Raster, regions);
    return photos && drawings && { photo: photos, drawing: drawings };
  };
  const within = (faces: Side["faces"]) =>
    pair(regionsOf(faces, width, height).map((box) => intersection(box, shown)));
  return {
    change: name,
    overall: pair([shown]) as Pair,
    faces: within(before.faces),
    heads: within(before.faces.filter((face) => face.drawn === "head")),
    framed: within(before.faces.filter((face) => face.drawn === "frame")),
    flips: flips(before.faces, after.faces, places),
  };
}

/** What of a picture is in a window onto another of its size, without the border of either. */
function shownIn({ left, top, scale }: View, { width, height }: Raster): Region {
  return {
    left: Math.max(MARGIN, Math.ceil((MARGIN - left) / scale)),
    top: Math.max(MARGIN, Math.ceil((MARGIN - top) / scale)),
    right: Math.min(width - MARGIN, Math.floor((width - MARGIN - left) / scale)),
    bottom: Math.min(height - MARGIN, Math.floor((height - MARGIN - top) / scale)),
  };
}

const intersection = (a: Region, b: Region): Region => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});
