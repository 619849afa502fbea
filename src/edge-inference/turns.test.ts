import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

const never = new Promise<never>(() => {});

describe("turns", () => {
  it("are taken one after the other, in the order of coming", async () => {
    const turns = new Turns({ most: 3, longest: 1000, now: () => 0 });
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await Promise.resolve();
      events.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map((name) => turns.enter().turn(work(name))));
    expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("are as many as there are places, and more once somebody has left", () => {
    const turns = new Turns({ most: 2, longest: 1000, now: () => 0 });
    const first = turns.enter();
    turns.enter();
    expect(() => turns.enter()).toThrow(expect.objectContaining({ status: 503 }));
    first.leave();
    first.leave();
    expect(turns.taken).toBe(1);
    turns.enter();
    expect(() => turns.enter()).toThrow("busy");
  });

  it("go on behind one that failed", async () => {
    const turns = new Turns({ most: 2, longest: 1000, now: () => 0 });
    const failing = turns.enter().turn(() => Promise.reject(new Error("broken")));
    const next = turns.enter().turn(async () => "drawn");
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe("drawn");
  });

  it("go on where one never ended, after a while", async () => {
    let now = 0;
    const turns = new Turns({ most: 2, longest: 1000, now: () => now });
    turns.enter().turn(() => never);
    turns.enter().turn(() => never);
    now = 1000;
    expect(() => turns.enter()).toThrow("busy");
    now = 1001;
    expect(await turns.enter().turn(async () => "drawn")).toBe("drawn");
    expect(turns.taken).toBe(1);
  });
});
