import { expect, it } from "vitest";
import { fromBothEnds } from "./both-ends.mjs";

it("does two pieces at a time, from both ends, and gives the results in their order", async () => {
  const done: string[] = [];
  const last = Promise.withResolvers<void>();
  const results = await fromBothEnds(
    ["lint", "types", "node", "python"],
    async (piece) => {
      done.push(`front ${piece}`);
      if (piece === "node") last.resolve(); // which the back, still at its first piece, does not come to
      return `${piece}!`;
    },
    async (piece) => {
      done.push(`back ${piece}`);
      await last.promise;
      return `${piece}!`;
    },
  );
  expect(done).toEqual(["front lint", "back python", "front types", "front node"]);
  expect(results).toEqual(["lint!", "types!", "node!", "python!"]);
});

it("does a single piece once, from the front", async () => {
  const results = await fromBothEnds(
    ["lint"],
    async () => "front",
    async () => "back",
  );
  expect(results).toEqual(["front"]);
});
