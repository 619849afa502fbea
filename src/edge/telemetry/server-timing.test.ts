import fc from "fast-check";
import { expect, it } from "vitest";
import { readServerTiming } from "./server-timing.ts";

const metric = (milliseconds?: number, description?: string) => ({ milliseconds, description });

it.each([
  ["queue;dur=1.5, compute;dur=40", { queue: metric(1.5), compute: metric(40) }],
  ["cache;desc=hit", { cache: metric(undefined, "hit") }],
  ['a;desc="one, two";dur=3,b', { a: metric(3, "one, two"), b: metric() }],
  [" queue ; DUR=2 ", { queue: metric(2) }],
  ["queue;dur=-1", { queue: metric() }],
  ["queue;dur=Infinity", { queue: metric() }],
  ["queue;dur=", { queue: metric() }],
  ["queue;dur=1e3", { queue: metric(1000) }],
  ["queue;dur=1, queue;dur=2", { queue: metric(2) }],
  ["", {}],
  [",,;", {}],
  [null, {}],
])("reads %j", (header, metrics) => {
  expect(Object.fromEntries(readServerTiming(header))).toEqual(metrics);
});

it("takes no time from what is longer than any such header", () => {
  expect(readServerTiming(`queue;dur=1,${"x".repeat(5000)}`).size).toBe(0);
});

it("reads whatever an endpoint says without complaint, and no time below 0", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const { milliseconds = 0 } of readServerTiming(text).values())
        expect(Number.isFinite(milliseconds) && milliseconds >= 0).toBe(true);
    }),
  );
});
