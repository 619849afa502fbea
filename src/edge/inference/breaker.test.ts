import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Breaker, type BreakerState, type Passage } from "./breaker.ts";

/** One that opens after two failures, at a time that a test sets, and what it has told. */
function guarded(random = () => 0.5) {
  const time = { now: 0 };
  const told: [BreakerState, number?][] = [];
  const changed = (state: BreakerState, pause?: number) =>
    void told.push(pause === undefined ? [state] : [state, pause]);
  const breaker = new Breaker({ limit: 2, now: () => time.now, random, changed });
  const fail = (times = 1) => {
    for (let i = 0; i < times; i++) breaker.enter(100).failed();
  };
  return { breaker, time, told, fail };
}

describe("a breaker", () => {
  it("lets everything through until as many calls in a row have failed as it is to bear", () => {
    const { breaker, fail } = guarded();
    fail();
    breaker.enter(100).succeeded();
    fail();
    expect(breaker.state).toBe("closed");
    fail();
    expect([breaker.state, breaker.wait()]).toEqual(["open", 1_000]);
  });

  it("does not count calls of which nothing is known", () => {
    const { breaker, fail } = guarded();
    fail();
    for (let i = 0; i < 10; i++) breaker.enter(100).released();
    expect(breaker.state).toBe("closed");
    fail();
    expect(breaker.state).toBe("open");
  });

  it("lets one call through after the pause, and all once that has succeeded", () => {
    const { breaker, time, fail, told } = guarded();
    fail(2);
    time.now = 999;
    expect(breaker.wait()).toBe(1);
    time.now = 1_000;
    expect(breaker.wait()).toBe(0);
    const trial = breaker.enter(100);
    expect([breaker.state, breaker.wait()]).toEqual(["half-open", 100]);
    trial.succeeded();
    expect([breaker.state, breaker.wait()]).toEqual(["closed", 0]);
    expect(told).toEqual([["open", 1_000], ["half-open"], ["closed"]]);
  });

  it("doubles the pause each time that the trial fails, up to half a minute, and begins anew once one has succeeded", () => {
    const { breaker, time, told, fail } = guarded();
    fail(2);
    for (let i = 0; i < 7; i++) {
      time.now += breaker.wait();
      fail();
    }
    const pauses = told.flatMap(([, pause]) => pause ?? []);
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    time.now += breaker.wait();
    breaker.enter(100).succeeded();
    fail(2);
    expect(breaker.wait()).toBe(1_000);
  });

  it.each([
    [0, 750],
    [0.999, 1_250],
  ])("scatters the pause (%d: %i ms)", (random, pause) => {
    const { breaker, fail } = guarded(() => random);
    fail(2);
    expect(breaker.wait()).toBe(pause);
  });

  it("lets another call through when a trial tells nothing, or is never heard of again", () => {
    const { breaker, time, fail } = guarded();
    fail(2);
    time.now = 1_000;
    breaker.enter(100).released();
    expect(breaker.wait()).toBe(0);
    breaker.enter(100);
    time.now = 1_100;
    expect(breaker.wait()).toBe(0);
  });

  it("lets who has nobody else to ask through after five seconds at most", () => {
    const { breaker, time, fail } = guarded();
    fail(2);
    for (let i = 0; i < 4; i++) {
      time.now += breaker.wait();
      fail();
    }
    expect([breaker.wait(), breaker.wait(true)]).toEqual([16_000, 5_000]);
    time.now += 5_000;
    breaker.enter(100);
    expect([breaker.wait(), breaker.wait(true)]).toEqual([11_000, 100]);
  });

  it("counts being overtaken as half a failure", () => {
    const { breaker, fail } = guarded();
    for (let i = 0; i < 3; i++) breaker.enter(100).lagged();
    breaker.enter(100).succeeded();
    for (let i = 0; i < 3; i++) breaker.enter(100).lagged();
    expect(breaker.state).toBe("closed");
    fail();
    expect(breaker.state).toBe("open");
  });

  it("learns nothing from calls that began before it opened", () => {
    const { breaker, fail } = guarded();
    const [late, later] = [breaker.enter(100), breaker.enter(100)];
    fail(2);
    late.succeeded();
    later.failed();
    expect([breaker.state, breaker.wait()]).toEqual(["open", 1_000]);
  });

  it("never lets more than one call through between opening and closing, nor waits longer than it may", () => {
    const step = fc.record({
      passed: fc.nat(20_000),
      end: fc.constantFrom("succeeded", "failed", "lagged", "released", "never"),
      calls: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, random) => {
          const { breaker, time } = guarded(() => random);
          for (const { passed, end, calls } of steps) {
            time.now += passed;
            const wasClosed = breaker.state === "closed";
            const through: Passage[] = [];
            for (let i = 0; i < calls; i++) if (breaker.wait() === 0) through.push(breaker.enter(100));
            if (!wasClosed) expect(through.length).toBeLessThanOrEqual(1);
            for (const call of through) if (end !== "never") call[end]();
            expect(breaker.wait()).toBeLessThanOrEqual(37_500);
          }
          time.now += 37_500;
          expect(breaker.wait()).toBe(0);
        },
      ),
    );
  });
});
