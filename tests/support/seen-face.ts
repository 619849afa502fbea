/** A face as the detector of the tests' internet answers it. */
export type SeenFace = { box: number[]; score: number; landmarks: number[] };
