import { describe, expect, it } from "vitest";
import { delayAfter } from "./backoff.ts";

const seconds = (failures: number, chance = 0.5, asked?: number) =>
  delayAfter(failures, chance, asked) / 1000;

describe("delayAfter", () => {
  it("grows to an hour, and stays there", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 30].map((failures) => seconds(failures))).toEqual([
      5, 30, 120, 600, 1800, 3600, 3600, 3600,
    ]);
  });

  it("varies by a fifth, so that what failed together comes back apart", () => {
    expect([seconds(3, 0), seconds(3, 1)]).toEqual([96, 144]);
  });

  it("waits for as long as it is asked to, an hour at most, and never less than it would", () => {
    expect(seconds(1, 0.5, 77)).toBe(77);
    expect(seconds(1, 0.5, 86_400)).toBe(3600);
    expect(seconds(4, 0.5, 1)).toBe(600);
    expect(seconds(1, 0.5, 0)).toBe(5);
  });
});
