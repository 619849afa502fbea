import { describe, expect, it } from "vitest";
import { Concurrency } from "./concurrency.ts";

/** Whether there is room among four places. */
const room = (calls: Concurrency) => [calls.hasRoom(4, "interactive"), calls.hasRoom(4, "batch")];

describe("the calls under way", () => {
  it("leave the last quarter of the places to who is waited for", () => {
    const calls = new Concurrency(() => 0);
    for (let i = 0; i < 3; i++) calls.enter(100);
    expect(room(calls)).toEqual([true, false]);
    const leave = calls.enter(100);
    expect(room(calls)).toEqual([false, false]);
    leave();
    leave();
    expect(room(calls)).toEqual([true, false]);
  });

  it("have one place for whoever comes first where there is one", () => {
    const calls = new Concurrency(() => 0);
    expect(calls.hasRoom(1, "batch")).toBe(true);
    calls.enter(100);
    expect(calls.hasRoom(1, "interactive")).toBe(false);
  });

  it("give the place of one that is never heard of again to others", () => {
    let now = 0;
    const calls = new Concurrency(() => now);
    for (let i = 0; i < 4; i++) calls.enter(100);
    now = 99;
    expect(room(calls)).toEqual([false, false]);
    now = 100;
    expect(room(calls)).toEqual([true, true]);
  });
});
