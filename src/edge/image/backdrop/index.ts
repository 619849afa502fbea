export { layBackdrop } from "./lay.ts";
export { fromMatte, isNobodyIn, type Matte, matteFile, matteFrom, peopleIn } from "./matte.ts";
