import { expect, it } from "vitest";
import type { Step } from "../timing.ts";
import { progress } from "./progress.ts";

it("what is told of an output is what means something, and each step once while it lasts", () => {
  const told: string[] = [];
  const heard = progress((step) => told.push(step));
  const steps: Step[] = [
    "lookup",
    "lookup",
    "wait",
    "lookup",
    "source",
    "decode",
    "infer",
    "lookup",
    "infer",
  ];
  for (const step of [...steps, "encode", "infer", "store"] as const) heard(step);
  expect(told).toEqual(["source", "decode", "infer", "encode", "infer"]);
});
