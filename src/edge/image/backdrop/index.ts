export { layBackdrop } from "./lay.ts";
export { isNobodyIn, type Matte, matteFile, matteFrom, peopleIn } from "./matte.ts";
