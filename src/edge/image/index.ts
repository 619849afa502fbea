export { flattenRow, hasAlpha } from "./alpha.ts";
export {
  fromMatte,
  isNobodyIn,
  layBackdrop,
  type Matte,
  matteFile,
  matteFrom,
  peopleIn,
} from "./backdrop/index.ts";
export { blend } from "./blend.ts";
export { decode, decodedSize } from "./decode.ts";
export { JpegStrips } from "./encode/strips/strips.ts";
export { encode, maxPixels } from "./encode.ts";
export { applyFit, layOn, type Plan, planFit } from "./fit.ts";
export {
  collected,
  type Enlargement,
  enlarge,
  enlargeWhole,
  longSideFor,
  type TakeRow,
} from "./full/enlarge.ts";
export { type Photo, roomFor, withPhoto } from "./full/photo.ts";
export { pointOf } from "./gravity.ts";
export {
  type Box,
  cutHead,
  enlargedFace,
  enlargedHead,
  type Face,
  HEAD_SIDE,
  type Head,
  headsOf,
  isPlausible,
  type Landmarks,
  layHead,
  mosaicOf,
  type Rgb,
  type Turns,
  turned,
  turnedBack,
} from "./head/index.ts";
export { markJpeg } from "./marker/jpeg.ts";
export { uprightSize } from "./orientation.ts";
export { DecodeError, type Pixels, type Size } from "./pixels.ts";
export { noteOf, withNote } from "./png-note.ts";
export { resize } from "./resize.ts";
export { fromRgb, toRgb } from "./rgb.ts";
export { within } from "./shrink.ts";
