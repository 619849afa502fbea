export { hasAlpha } from "./alpha.ts";
export { blend } from "./blend.ts";
export { decode, decodedSize } from "./decode.ts";
export { encode, maxPixels } from "./encode.ts";
export { applyFit, type Plan, planFit } from "./fit.ts";
export { pointOf } from "./gravity.ts";
export { uprightSize } from "./orientation.ts";
export { DecodeError, type Pixels } from "./pixels.ts";
export { fromRgb, toRgb } from "./rgb.ts";
