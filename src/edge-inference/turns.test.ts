import { describe, expect, it } from "vitest";
import { ManualClock } from "../../tests/support/manual-clock.ts";
import { Turns } from "./turns.ts";

const never = new Promise<never>(() => {});
const { signal } = new AbortController();
const busy = expect.objectContaining({ status: 503 });

function line(most: number) {
  const clock = new ManualClock();
  return { clock, turns: new Turns({ most, longest: 1000, now: clock.now, after: clock.after }) };
}

/** Work that says when it begins, and ends when it is told to. */
function work() {
  let end = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let alive = () => {};
  const run = (tellAlive: () => void) => {
    alive = tellAlive;
    begin();
    return ended;
  };
  return { run, begun, end, alive: () => alive() };
}

describe("turns", () => {
  it("are taken one after the other, in the order of coming", async () => {
    const { turns } = line(3);
    const events: string[] = [];
    const noted = (name: string) => async () => {
      events.push(`${name} begins`);
      await Promise.resolve();
      events.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map((name) => turns.enter().turn(noted(name), signal)));
    expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("are as many as there are places, and more once somebody has left", () => {
    const { turns } = line(2);
    const first = turns.enter();
    turns.enter();
    expect(() => turns.enter()).toThrow(busy);
    first.leave();
    first.leave();
    expect(turns.taken).toBe(1);
    turns.enter();
    expect(() => turns.enter()).toThrow("busy");
  });

  it("go on behind one that failed", async () => {
    const { turns } = line(2);
    const failing = turns.enter().turn(() => Promise.reject(new Error("broken")), signal);
    const next = turns.enter().turn(async () => "drawn", signal);
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe("drawn");
  });

  it("of those who wait go on behind one that died, and one that died waiting", async () => {
    const { clock, turns } = line(3);
    turns.enter().turn(() => never, signal);
    turns.enter().turn(() => never, signal); // its alarms ring, but its turn ends never
    const last = turns.enter().turn(async () => "drawn", signal);
    await clock.pass(3000);
    expect(await last).toBe("drawn");
    expect(turns.taken).toBe(0);
  });

  it("of one that is slow and alive have no company", async () => {
    const { clock, turns } = line(2);
    const slow = work();
    const first = turns.enter().turn(slow.run, signal);
    await slow.begun;
    const next = work();
    const second = turns.enter().turn(next.run, signal);
    let hasBegun = false;
    next.begun.then(() => {
      hasBegun = true;
    });
    for (let step = 0; step < 10; step++) {
      await clock.pass(900);
      slow.alive();
    }
    expect(hasBegun).toBe(false);
    slow.end();
    await first;
    await next.begun;
    next.end();
    await second;
  });

  it("count from their beginning: who has waited for long is not dead", async () => {
    const { clock, turns } = line(3);
    const slow = work();
    const first = turns.enter().turn(slow.run, signal);
    await slow.begun;
    const late = work();
    const second = turns.enter().turn(late.run, signal);
    for (let step = 0; step < 5; step++) {
      await clock.pass(900);
      slow.alive();
    }
    slow.end();
    await Promise.all([first, late.begun]);
    await clock.pass(900);
    expect(turns.enter()).toBeDefined(); // whoever comes looks who is dead
    expect(turns.taken).toBe(2);
    late.alive();
    late.end();
    await second;
  });

  it("are not gone on with by who was taken for dead", async () => {
    const { clock, turns } = line(2);
    const slow = work();
    const first = turns.enter().turn(slow.run, signal);
    await slow.begun;
    const second = turns.enter().turn(async () => "drawn", signal);
    await clock.pass(2000);
    expect(await second).toBe("drawn");
    expect(() => slow.alive()).toThrow(busy);
    slow.end();
    await first;
  });

  it("are not taken by who leaves while he waits, and whose place is free at once", async () => {
    const { turns } = line(2);
    const slow = work();
    const first = turns.enter().turn(slow.run, signal);
    await slow.begun;
    const leaving = new AbortController();
    const gone = turns.enter().turn(() => never, leaving.signal);
    leaving.abort();
    await expect(gone).rejects.toThrow(expect.objectContaining({ status: 499 }));
    expect(turns.taken).toBe(1);
    const next = turns.enter().turn(async () => "drawn", signal);
    slow.end();
    await first;
    expect(await next).toBe("drawn");
  });

  it("are lost with a place that was held for too long without one", async () => {
    const { clock, turns } = line(1);
    const forgotten = turns.enter();
    await clock.pass(1001);
    turns.enter();
    await expect(forgotten.turn(async () => "drawn", signal)).rejects.toThrow(busy);
    expect(turns.taken).toBe(1);
  });
});
