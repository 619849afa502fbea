import { expect, it } from "vitest";
import { Timing } from "../../edge/timing.ts";
import { readServerTiming } from "./server-timing.ts";

it("reads what the Worker writes", async () => {
  let now = 0;
  const timing = new Timing(() => now);
  for (const [step, milliseconds] of [
    ["decode", 12.3],
    ["infer", 400],
  ] as const) {
    await timing.measure(step, async () => {
      now += milliseconds;
    });
  }
  expect(readServerTiming(timing.toString())).toEqual([
    { step: "decode", milliseconds: 12.3 },
    { step: "infer", milliseconds: 400 },
  ]);
});

it.each([
  ["", []],
  ["cache;desc=hit, stale", []],
  ['edge;desc="a b";dur=3', [{ step: "edge", milliseconds: 3 }]],
  ["infer;dur=soon", []],
])("%j", (header, steps) => {
  expect(readServerTiming(header)).toEqual(steps);
});
