import { describe, expect, it } from "vitest";
import type { Entry, Face } from "./entry.ts";
import { quantile, totalsOf } from "./totals.ts";

const face = (drawn: Face["drawn"]): Face => ({
  x: 0,
  y: 0,
  width: 9,
  height: 9,
  score: 1,
  landmarks: [],
  drawn,
});

const drawn = (took: number, faces: Face[] | null): Entry => {
  const size = { width: 1, height: 1 };
  const drawing = { ...size, url: "data:,", bytes: 6 };
  const outcome = { kind: "drawn", drawing, original: size, drawn: size, steps: [], calls: [] } as const;
  return {
    name: "a",
    bytes: 1,
    photo: undefined,
    outcome: { ...outcome, steps: [], calls: [], faces, took },
  };
};

const broken: Entry = {
  name: "b",
  bytes: 1,
  photo: undefined,
  outcome: { kind: "problem", code: "corrupt_picture", title: "", detail: "" },
};

describe("totals", () => {
  it("count pictures, drawings, problems and faces, and go by the drawings' times", () => {
    const entries = [drawn(100, [face("head"), face("frame")]), drawn(300, null), broken];
    expect(totalsOf(entries)).toEqual({
      pictures: 3,
      drawings: 2,
      problems: 1,
      faces: 2,
      heads: 1,
      median: 200,
      ninetieth: 280,
    });
  });

  it("have no times without drawings", () => {
    expect(totalsOf([broken])).toMatchObject({ drawings: 0, median: Number.NaN, ninetieth: Number.NaN });
  });
});

it.each([
  [[5], 0.9, 5],
  [[3, 1, 2], 0.5, 2],
  [[0, 10], 0.9, 9],
  [[1, 2, 3, 4], 0, 1],
  [[1, 2, 3, 4], 1, 4],
])("of %j, the quantile at %d is %d", (values, part, result) => {
  expect(quantile(values, part)).toBeCloseTo(result);
});
