export { hasAlpha } from "./alpha.ts";
export { blend } from "./blend.ts";
export { decode, decodedSize } from "./decode.ts";
export { contentType, encode, maxPixels } from "./encode.ts";
export { fit, type Rgba } from "./fit.ts";
export { uprightSize } from "./orientation.ts";
export { DecodeError, type Pixels } from "./pixels.ts";
export { fromRgb, toRgb } from "./rgb.ts";
