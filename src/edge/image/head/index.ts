export { type Box, enlargedFace, type Face, HEAD_SIDE, isPlausible, type Landmarks } from "./face.ts";
export { enlargedHead, type Head, headsOf } from "./heads.ts";
export { mosaicOf } from "./mosaic.ts";
export { type Turns, turned, turnedBack } from "./turn.ts";
export { cutHead, layHead, type Rgb } from "./warp.ts";
