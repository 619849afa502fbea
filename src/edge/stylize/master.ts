import { ProblemError } from "../../contract/problem.ts";
import {
  DecodeError,
  decode,
  encode,
  enlargedFace,
  enlargedHead,
  type Face,
  fromRgb,
  hasAlpha,
  headsOf,
  noteOf,
  type Pixels,
  type Rgb,
  resize,
  toRgb,
  within,
  withNote,
} from "../image/index.ts";
import type { Kit } from "../kit.ts";
import { probe } from "../source/probe.ts";
import { readObject, removeObject, writeOnce } from "../storage/objects.ts";
import { log } from "../telemetry/log.ts";
import { requireDrawable } from "./drawable.ts";
import { attemptHeads, rememberHeadless, waitsForHeads } from "./faceless.ts";
import { type DrawnFace, readFaces, spellFaces } from "./faces.ts";
import { findFaces } from "./find-faces.ts";
import { RESERVED_BYTES } from "./handover.ts";
import { drawHeads } from "./heads.ts";
import type { Order } from "./order.ts";
import { drawFrame } from "./tiles.ts";

/**
 * A master is a whole picture as the network drew it, at an order's working size, or enlarged to 2 megapixels for its heads, with the source's
 * transparency: what every size, crop, format and strength is made from. Stored as PNG, with a note of the faces in it.
 */
export type Master = {
  picture: Pixels;
  /** Undefined where nobody has looked for any. */
  faces: readonly DrawnFace[] | undefined;
};

/**
 * The photo as the network gets it: upright, the longer side at most the working size. Takes the order's bytes, which are nobody's once
 * this is done, unless the answer takes them too, or the edge may have to.
 */
export async function photoOf(order: Order, kit: Kit): Promise<Pixels> {
  const { bytes: handover, style, workingSize, isLarge } = order;
  const bytes = isLarge ? handover.lend() : kit.edge ? handover.lend(RESERVED_BYTES) : handover.take();
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  const target = { longSide: workingSize };
  requireDrawable(probed, target, [style]);
  return kit.timing.measure(
    "decode",
    async () => {
      try {
        return await decode(bytes, probed, target);
      } catch (error) {
        if (error instanceof DecodeError)
          throw new ProblemError("corrupt_picture", error.message, { cause: error });
        throw error;
      }
    },
    "photo",
  );
}

/**
 * Has the network draw the frame, and the heads in it up to the order's number.
 *
 * @returns a master without faces where heads were to be drawn and could not: that costs no picture that somebody waits for
 * @throws what `draw` does where the frame cannot be drawn, or the heads, of a picture that waits for them
 */
export async function drawMaster(photo: Pixels, order: Order, kit: Kit): Promise<Master> {
  const { width, height } = photo;
  const rgb: Rgb = { width, height, data: toRgb(photo) };
  const seen = await reducedTo(kit.config.workingSize, photo, rgb);
  const find = () => kit.timing.measure("detect", () => findFaces(seen, kit.inference));
  const finding = order.maxFaces === 0 ? undefined : attemptHeads(find, kit);
  // Where the frame fails at once, the answer must not end the call for faces, by which its endpoint may be on trial.
  if (finding) kit.waitUntil(finding.catch(() => {}));
  if (waitsForHeads(kit)) await finding; // before the frame, which would be drawn for nothing where they cannot be found
  const [frame, found] = await Promise.all([
    kit.timing.measure("infer", () => drawFrame(rgb, order.style.id, kit.inference)),
    finding,
  ]);
  const lay = (faces: Face[]) => withHeads(rgb, frame, faces, width / seen.width, order, kit);
  const drawn = found && (await attemptHeads(() => lay(found), kit));
  if (order.maxFaces > 0 && !drawn) rememberHeadless(order, kit);
  const picture = fromRgb(drawn?.data ?? frame, width, height, hasAlpha(photo) ? photo : undefined);
  return { picture, faces: drawn?.faces };
}

/** Faces are looked for at one size, and which of them are drawn by themselves does not depend on how large the drawing is. */
async function reducedTo(longSide: number, photo: Pixels, rgb: Rgb): Promise<Rgb> {
  const { width, height } = within(photo, longSide);
  return width === photo.width ? rgb : { width, height, data: toRgb(await resize(photo, width, height)) };
}

/** @param times how much larger the photo is than the picture in which they were found */
async function withHeads(
  photo: Rgb,
  frame: Uint8Array,
  found: readonly Face[],
  times: number,
  { style, maxFaces }: Order,
  kit: Kit,
): Promise<{ data: Uint8Array; faces: DrawnFace[] }> {
  const small = headsOf(found, maxFaces);
  const apart = new Set(small.map(({ face }) => face));
  const faces = found.map((face): DrawnFace => {
    return { ...enlargedFace(face, times), drawn: apart.has(face) ? "head" : "frame" };
  });
  const heads = small.map((head) => enlargedHead(head, times));
  if (heads.length === 0) return { data: frame, faces };
  const drawn = await kit.timing.measure("heads", () =>
    drawHeads(photo, { ...photo, data: frame }, heads, style.id, kit.inference),
  );
  return { data: drawn.data, faces };
}

export async function masterFile({ picture, faces }: Master): Promise<Uint8Array> {
  const file = await encode(picture, "png", 100);
  return faces ? withNote(file, spellFaces(faces)) : file;
}

export const storeMaster = (key: string, file: Uint8Array, kit: Kit): Promise<boolean> =>
  writeOnce(kit.bucket, key, file, "image/png");

/** The stored master; undefined where there is none. One whose data is broken is removed, so that it can be made anew. */
export async function findMaster(key: string, kit: Kit): Promise<Master | undefined> {
  const file = await kit.timing.measure("lookup", () => readObject(kit.bucket, key), "master");
  if (!file) return undefined;
  const master = await readMaster(file, kit);
  if (!master) {
    log("error", "broken_master", { key });
    await removeObject(kit.bucket, key);
  }
  return master;
}

/** Undefined where the file is no picture, or a broken one. */
export async function readMaster(file: Uint8Array, kit: Kit): Promise<Master | undefined> {
  const probed = probe(file);
  if (!probed.ok) return undefined;
  try {
    const picture = await kit.timing.measure(
      "decode",
      () => decode(file, probed, { longSide: Math.max(probed.width, probed.height) }),
      "master",
    );
    return { picture, faces: readFaces(noteOf(file)) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
