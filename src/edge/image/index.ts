export { hasAlpha } from "./alpha.ts";
export {
  isNobodyIn,
  layBackdrop,
  type Matte,
  matteFile,
  matteFrom,
  peopleIn,
} from "./backdrop/index.ts";
export { blend } from "./blend.ts";
export { decode, decodedSize } from "./decode.ts";
export { encode, maxPixels } from "./encode.ts";
export { applyFit, type Plan, planFit } from "./fit.ts";
export { pointOf } from "./gravity.ts";
export {
  type Box,
  cutHead,
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
export { uprightSize } from "./orientation.ts";
export { DecodeError, type Pixels } from "./pixels.ts";
export { noteOf, withNote } from "./png-note.ts";
export { fromRgb, toRgb } from "./rgb.ts";
