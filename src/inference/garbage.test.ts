import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HEADER_LENGTH } from "../contract/oip.ts";
import { type Served, serve } from "./fixtures/serve.ts";

let server: Served;
beforeAll(async () => {
  server = await serve();
});
afterAll(() => server.close());

const value = fc.oneof(
  fc.constantFrom("image", "UINT8", "FP32", "x", "", null, true, -1, 0, 1, 3, 1e308, 2 ** 53),
  fc.array(fc.nat(40), { maxLength: 5 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const keys = (...names: string[]): fc.Arbitrary<object> =>
  fc.dictionary(fc.constantFrom(...names), value, { maxKeys: names.length });
/** Almost requests: the right words in the wrong places. */
const almost = fc.record(
  {
    id: value,
    parameters: fc.oneof(value, keys("timeout", "binary_data_output")),
    inputs: fc.oneof(
      value,
      fc.array(keys("name", "datatype", "shape", "data", "parameters"), { maxLength: 3 }),
      fc.array(
        fc.record({
          name: fc.constant("image"),
          datatype: fc.constant("UINT8"),
          shape: fc.array(fc.nat(4), { maxLength: 5 }),
          data: fc.array(fc.integer({ min: -1, max: 256 }), { maxLength: 60 }),
          parameters: keys("binary_data_size", "shared_memory_region"),
        }),
        { maxLength: 2 },
      ),
    ),
    outputs: fc.oneof(value, fc.array(keys("name", "parameters"), { maxLength: 2 })),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(almost, fc.uint8Array({ maxLength: 20 })).map(([header, tail]) => {
    return Uint8Array.of(...new TextEncoder().encode(JSON.stringify(header)), ...tail);
  }),
  almost.map((header) => new TextEncoder().encode(JSON.stringify(header))),
);

it("answers bodies that are no requests with 4xx or 501, never with a failure of its own", async () => {
  await fc.assert(
    fc.asyncProperty(body, fc.option(fc.nat(400)), async (bytes, length) => {
      const headers = length === null ? {} : { [HEADER_LENGTH]: String(length) };
      const answer = await fetch(`${server.url}/v2/models/invert/infer`, {
        method: "POST",
        headers,
        body: bytes,
      });
      expect([400, 413, 501]).toContain(answer.status);
      expect(await answer.json()).toEqual({ error: expect.any(String) });
    }),
    { numRuns: 400 },
  );
  expect(server.lines.filter(({ level }) => level === "error")).toEqual([]);
  expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
});
