import { reset } from "cloudflare:test";
import { afterEach, expect, it, vi } from "vitest";
import * as warm from "../../../tests/support/workerd/ask.ts";
import { OPERATIONS } from "../../cli/cost/usage.ts";
import type { Bindings } from "../bindings.ts";

afterEach(() => reset());

/** Bindings that count what is paid for: R2's classes A (`put`, `list`) and B (`get`, `head`), and calls of Durable Objects. */
function counted() {
  const counts = { writes: 0, reads: 0, objectRequests: 0 };
  const PICTURES = new Proxy(warm.bindings.PICTURES, {
    get: (bucket, name) => {
      const method = Reflect.get(bucket, name);
      return (...given: unknown[]) => {
        if (name === "put" || name === "list") counts.writes++;
        if (name === "get" || name === "head") counts.reads++;
        return method.apply(bucket, given);
      };
    },
  });
  const flight = (stub: DurableObjectStub) =>
    new Proxy({} as Record<string, unknown>, {
      get:
        (_, name: string) =>
        (...given: unknown[]) => {
          counts.objectRequests++;
          return (stub as unknown as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given);
        },
    });
  const SINGLE_FLIGHT = {
    getByName: (name: string) => flight(warm.bindings.SINGLE_FLIGHT.getByName(name)),
  } as unknown as Bindings["SINGLE_FLIGHT"];
  return { env: { PICTURES, SINGLE_FLIGHT }, counts };
}

/** As an isolate that remembers nothing asks, in a data centre that has nothing of it in its cache. */
async function askCold(options: string, cached?: Response) {
  vi.resetModules();
  const { ask, found } = await import("../../../tests/support/workerd/ask.ts");
  if (cached) await warm.uncache(cached);
  const { env, counts } = counted();
  const answer = await ask(`/image/style=handdrawn,${options}/${source}`, { env });
  return { answer, found: found(answer), counts };
}

const source = "https://photos.example.com/png?seed=81&width=64&height=64";

it("a picture takes no more of R2 and of Durable Objects than docs/production.md reckons with", async () => {
  const miss = await askCold("width=32");
  expect(miss).toMatchObject({ found: "miss", counts: OPERATIONS.miss });
  expect(await askCold("width=20")).toMatchObject({ found: "master", counts: OPERATIONS.variant });
  expect(await askCold("width=32", miss.answer)).toMatchObject({ found: "hit", counts: OPERATIONS.view });
});
