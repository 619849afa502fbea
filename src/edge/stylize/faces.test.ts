import fc from "fast-check";
import { expect, it } from "vitest";
import { type DrawnFace, landmarksOf, readFaces, spellFaces } from "./faces.ts";

const number = fc.double({ min: -200, max: 1300, noNaN: true });
const faces: fc.Arbitrary<DrawnFace> = fc
  .record({
    box: fc.record({ left: number, top: number, right: number, bottom: number }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    numbers: fc.array(number, { minLength: 10, maxLength: 10 }),
    drawn: fc.constantFrom("head", "frame"),
  })
  .map(({ numbers, ...face }) => ({ ...face, landmarks: landmarksOf(numbers) }));

it("faces are read as they were spelled, to a tenth of a pixel", () => {
  fc.assert(
    fc.property(fc.array(faces, { maxLength: 64 }), (all) => {
      const text = spellFaces(all);
      expect(text.length).toBeLessThan(8_192);
      const read = readFaces(text) ?? [];
      expect(read.map(({ drawn }) => drawn)).toEqual(all.map(({ drawn }) => drawn));
      for (const [i, face] of read.entries()) {
        const { box, landmarks, score } = all[i] as DrawnFace;
        expect(Math.abs(face.box.left - box.left)).toBeLessThan(0.0501);
        expect(Math.abs(face.landmarks[4][1] - landmarks[4][1])).toBeLessThan(0.0501);
        expect(Math.abs(face.score - score)).toBeLessThan(0.000501);
      }
      expect(spellFaces(read)).toBe(text);
    }),
  );
});

it.each([undefined, "", "{", "null", "[]", '{"faces":3}', '{"faces":[1]}', '{"faces":[[1,2,3]]}'])(
  "%j says nothing of faces",
  (text) => expect(readFaces(text)).toBeUndefined(),
);
