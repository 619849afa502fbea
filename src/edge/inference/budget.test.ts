import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryBudget } from "./budget.ts";

describe("a retry budget", () => {
  it("has one token to begin with, then one for five questions", () => {
    const budget = new RetryBudget(() => 0);
    expect([budget.withdraw(), budget.withdraw()]).toEqual([true, false]);
    for (let i = 0; i < 4; i++) budget.deposit();
    expect(budget.withdraw()).toBe(false);
    budget.deposit();
    expect([budget.withdraw(), budget.withdraw()]).toEqual([true, false]);
  });

  it("has one every twenty seconds however few are asked", () => {
    let now = 0;
    const budget = new RetryBudget(() => now);
    budget.withdraw();
    now = 19_999;
    expect(budget.withdraw()).toBe(false);
    now = 20_000;
    expect(budget.withdraw()).toBe(true);
  });

  it("keeps ten at most", () => {
    let now = 0;
    const budget = new RetryBudget(() => now);
    for (let i = 0; i < 1_000; i++) budget.deposit();
    now = 1_000_000;
    expect(Array.from({ length: 12 }, () => budget.withdraw()).filter(Boolean)).toHaveLength(10);
  });

  it("never gives more than a fifth of the questions, the reserve and what it began with", () => {
    const step = fc.oneof(fc.constant("ask"), fc.constant("again"), fc.nat(2_000));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        let [now, questions, again] = [0, 0, 0];
        const budget = new RetryBudget(() => now);
        for (const step of steps) {
          if (typeof step === "number") now += step;
          else if (step === "again") again += budget.withdraw() ? 1 : 0;
          else {
            questions++;
            budget.deposit();
          }
          expect(again).toBeLessThanOrEqual(1 + 0.2 * questions + (0.05 * now) / 1000 + 1e-9);
        }
      }),
    );
  });
});
