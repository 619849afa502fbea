import { expect, it } from "vitest";
import { chainOfOne } from "../../../tests/support/chain.ts";
import { STYLES } from "../../contract/style.ts";
import type { Endpoint } from "../inference/endpoint.ts";
import { askEngines } from "./engines.ts";

const missing = STYLES.map(({ id }) => id);

/** Endpoints n0, n1… that answer so. */
function inference(...answers: (() => Promise<Response>)[]) {
  const endpoints = answers.map((answer, i): Endpoint => {
    const { endpoints } = chainOfOne({ name: `n${i}`, url: `http://n${i}.invalid`, fetch: answer });
    return endpoints[0];
  });
  return { ...chainOfOne({ url: "", fetch }), endpoints: endpoints as [Endpoint, ...Endpoint[]] };
}

it("asks all at once behind an endpoint that is slow to say, and tells of them in their order", async () => {
  const last = Promise.withResolvers<Response>();
  const engines = await askEngines({
    inference: inference(
      // Neither answers before the last is asked.
      async () => new Response(null, { status: (await last.promise).status }),
      async () => new Response(null, { status: (await last.promise).status }),
      async () => {
        last.resolve(new Response(null, { status: 404 }));
        return new Response();
      },
    ),
    edge: undefined,
  });
  expect(engines).toEqual({
    engines: [
      { name: "n0", state: "away", reason: "missing", missing },
      { name: "n1", state: "away", reason: "missing", missing },
      { name: "n2", state: "ready" },
    ],
    isWhole: false,
    missing: [],
  });
});

it("calls unasked who stands behind one that can draw, though it was slow to say so", async () => {
  const asked = Promise.withResolvers<void>();
  const { engines } = await askEngines({
    inference: inference(
      async () => {
        await asked.promise;
        return new Response();
      },
      async () => {
        asked.resolve();
        return new Response(null, { status: 404 });
      },
    ),
    edge: undefined,
  });
  expect(engines).toEqual([
    { name: "n0", state: "ready" },
    { name: "n1", state: "unasked" },
  ]);
});
