import { expect, it } from "vitest";
import { notesOn } from "./notes.mjs";

const away = { state: "away", missing: ["toon", "3d"] };
const edge = (state: string) => ({ name: "edge", state });

it.each([
  ["unreachable", "is unreachable: the edge engine draws until it answers, smaller; stylizations wait."],
  ["timeout", "is too slow to say whether it is ready: the edge engine draws until it answers"],
  [
    "unauthorized",
    `(unauthorized; set INFERENCE_CREDENTIALS='{"gpu":{"Authorization":"Bearer …"}}'): the edge engine draws until it does`,
  ],
  ["missing", "has not loaded toon, 3d: the edge engine draws until it does"],
] as const)("of an endpoint that is away it is told that it is: %s", (reason, told) => {
  const notes = notesOn({ engines: [{ name: "gpu", ...away, reason }, edge("ready")] });
  expect(notes).toEqual([expect.stringContaining(`Note: endpoint "gpu" `)]);
  expect(notes[0]).toContain(told);
});

it("of several, each that is away is told of, and who draws in its place", () => {
  const gpu = { name: "gpu", ...away, reason: "unreachable" as const };
  const cpu = { name: "cpu", state: "ready" };
  expect(notesOn({ engines: [gpu, cpu, edge("unasked")] })).toEqual([
    'Note: endpoint "gpu" is unreachable: another endpoint draws until it answers.',
  ]);
  expect(notesOn({ engines: [gpu, { ...gpu, name: "cpu" }, edge("ready")] })).toHaveLength(2);
});

it("where all is well, there is nothing to tell, whatever the edge does", () => {
  const engines = [
    { name: "endpoint", state: "ready" },
    { ...edge("away"), reason: "timeout" as const },
  ];
  expect(notesOn({ engines })).toEqual([]);
});
