import { describe, expect, it, vi } from "vitest";
import { ManualClock } from "../../tests/support/manual-clock.ts";
import { Turns } from "./turns.ts";

const never = new Promise<never>(() => {});
const { signal } = new AbortController();
const PICTURE = { pixels: 100, bytes: 1, timeout: undefined };
const busy = expect.objectContaining({ status: 503 });

function line(most: number) {
  const clock = new ManualClock();
  return {
    clock,
    turns: new Turns({ most, mostBytes: 10, longest: 1000, now: clock.now, after: clock.after }),
  };
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
    await Promise.all(["a", "b", "c"].map((name) => turns.enter(1).turn(PICTURE, noted(name), signal)));
    expect(events).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("are as many as there are places, and more once somebody has left", () => {
    const { turns } = line(2);
    const first = turns.enter(1);
    turns.enter(1);
    expect(() => turns.enter(1)).toThrow(busy);
    first.leave();
    first.leave();
    expect(turns.taken).toBe(1);
    turns.enter(1);
    expect(() => turns.enter(1)).toThrow("busy");
  });

  it("go on behind one that failed", async () => {
    const { turns } = line(2);
    const failing = turns.enter(1).turn(PICTURE, () => Promise.reject(new Error("broken")), signal);
    const next = turns.enter(1).turn(PICTURE, async () => "drawn", signal);
    await expect(failing).rejects.toThrow("broken");
    expect(await next).toBe("drawn");
  });

  it("of those who wait go on behind one that died, and one that died waiting", async () => {
    const { clock, turns } = line(3);
    turns.enter(1).turn(PICTURE, () => never, signal);
    turns.enter(1).turn(PICTURE, () => never, signal); // its alarms ring, but its turn ends never
    const last = turns.enter(1).turn(PICTURE, async () => "drawn", signal);
    await clock.pass(3000);
    expect(await last).toBe("drawn");
    expect(turns.taken).toBe(0);
  });

  it("of one that is slow and alive have no company", async () => {
    const { clock, turns } = line(2);
    const slow = work();
    const first = turns.enter(1).turn(PICTURE, slow.run, signal);
    await slow.begun;
    const next = work();
    const second = turns.enter(1).turn(PICTURE, next.run, signal);
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
    const first = turns.enter(1).turn(PICTURE, slow.run, signal);
    await slow.begun;
    const late = work();
    const second = turns.enter(1).turn(PICTURE, late.run, signal);
    for (let step = 0; step < 5; step++) {
      await clock.pass(900);
      slow.alive();
    }
    slow.end();
    await Promise.all([first, late.begun]);
    await clock.pass(900);
    expect(turns.enter(1)).toBeDefined(); // whoever comes looks who is dead
    expect(turns.taken).toBe(2);
    late.alive();
    late.end();
    await second;
  });

  it("are not gone on with by who was taken for dead", async () => {
    const { clock, turns } = line(2);
    const slow = work();
    const first = turns.enter(1).turn(PICTURE, slow.run, signal);
    await slow.begun;
    const second = turns.enter(1).turn(PICTURE, async () => "drawn", signal);
    await clock.pass(2000);
    expect(await second).toBe("drawn");
    expect(() => slow.alive()).toThrow(busy);
    slow.end();
    await first;
  });

  it("are not taken by who leaves while he waits, and whose place is free at once", async () => {
    const { turns } = line(2);
    const slow = work();
    const first = turns.enter(1).turn(PICTURE, slow.run, signal);
    await slow.begun;
    const leaving = new AbortController();
    const gone = turns.enter(1).turn(PICTURE, () => never, leaving.signal);
    leaving.abort();
    await expect(gone).rejects.toThrow(expect.objectContaining({ status: 499 }));
    expect(turns.taken).toBe(1);
    const next = turns.enter(1).turn(PICTURE, async () => "drawn", signal);
    slow.end();
    await first;
    expect(await next).toBe("drawn");
  });

  it("are lost with a place that was held for too long without one", async () => {
    const { clock, turns } = line(1);
    const forgotten = turns.enter(1);
    await clock.pass(1001);
    turns.enter(1);
    await expect(forgotten.turn(PICTURE, async () => "drawn", signal)).rejects.toThrow(busy);
    expect(turns.taken).toBe(1);
  });

  it("are lost by themselves, unless they are asked for in time", async () => {
    const { clock, turns } = line(3);
    const forgotten = turns.enter(1);
    const slow = work();
    const running = turns.enter(1);
    const drawn = running.turn(PICTURE, slow.run, signal);
    const left = turns.enter(1);
    left.leave();
    const lost: string[] = [];
    for (const [name, place] of Object.entries({ forgotten, running, left })) {
      place.lost.catch(() => lost.push(name));
    }
    await clock.pass(1000);
    expect([lost, turns.taken]).toEqual([["forgotten"], 1]);
    await expect(forgotten.lost).rejects.toThrow(busy);
    slow.end();
    await drawn;
  });

  it("are as few as have room for what they hold, which is less once it is known", async () => {
    const { turns } = line(10);
    const first = turns.enter(9);
    expect(() => turns.enter(2)).toThrow(busy);
    const slow = work();
    const drawn = first.turn({ ...PICTURE, bytes: 2 }, slow.run, signal);
    turns.enter(8);
    expect(() => turns.enter(1)).toThrow(busy);
    slow.end();
    await drawn;
    turns.enter(2);
  });

  describe("that would come too late", () => {
    /** Somebody is at it who takes 1 ms a pixel, as has been seen, for 2500 ms. */
    async function busyLine() {
      const { turns } = line(3);
      const slow = work();
      turns.learn(100, 100);
      turns.enter(1).turn({ ...PICTURE, pixels: 2500 }, slow.run, signal);
      await slow.begun;
      return { turns, slow };
    }

    it("are refused at once, and told when all before them will be done", async () => {
      const { turns } = await busyLine();
      expect(turns.wait).toBe(2500);
      const late = turns.enter(1).turn({ ...PICTURE, timeout: 2599 }, async () => "drawn", signal);
      await expect(late).rejects.toMatchObject({ status: 503, retryAfter: 3 });
    });

    it("are waited for where there is just enough time, or all that it takes", async () => {
      const { turns, slow } = await busyLine();
      const waiting = [2600, undefined].map((timeout) =>
        turns.enter(1).turn({ ...PICTURE, timeout }, async () => "drawn", signal),
      );
      expect(() => turns.enter(1)).toThrow(expect.objectContaining({ retryAfter: 3 }));
      slow.end();
      expect(await Promise.all(waiting)).toEqual(["drawn", "drawn"]);
    });

    it("are taken all the same where nobody is before them", async () => {
      const { turns, slow } = await busyLine();
      slow.end();
      await vi.waitFor(() => expect(turns.wait).toBe(0));
      const hurried = turns.enter(1).turn({ ...PICTURE, timeout: 1 }, async () => "drawn", signal);
      expect(await hurried).toBe("drawn");
    });
  });
});
