import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings, upload } from "../../../tests/support/workerd/ask.ts";
import type { Bindings } from "../bindings.ts";

const away = { env: { INFERENCE_URL: "http://network.example.com/status/503" } };
const path = (source: string, options = "") => `/image/style=handdrawn${options}/${source}`;
const pictureAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
let seed = 5000;
let source: string;

beforeEach(async () => {
  await reset();
  source = `https://photos.example.com/png?seed=${seed++}`;
});

afterEach(() => vi.restoreAllMocks());

/** Fetches of the source wait for an answer from now on. */
function holdSource() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const original = globalThis.fetch;
  let count = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    if (String(input) !== source) return original(input, init);
    count++;
    asked.resolve();
    return answer.promise.then((response) => response.clone());
  });
  return { asked: asked.promise, answer: answer.resolve, count: () => count };
}

/** The flights, and a promise of the next time that somebody boards one. */
function watchedFlights() {
  const boarded = Promise.withResolvers<void>();
  const { SINGLE_FLIGHT } = bindings;
  const flights = {
    getByName: (name: string) => {
      const stub = SINGLE_FLIGHT.getByName(name);
      return {
        board: (leaseTime: number) => {
          const boarding = stub.board(leaseTime);
          boarded.resolve();
          return boarding;
        },
        renew: (ticket: string) => stub.renew(ticket),
        land: (...landed: Parameters<typeof stub.land>) => stub.land(...landed),
      };
    },
  };
  return {
    env: { SINGLE_FLIGHT: flights as unknown as Bindings["SINGLE_FLIGHT"] },
    boarded: boarded.promise,
  };
}

describe("a source that fails while others wait for the same picture", () => {
  it("does not fail those who have it from another source", async () => {
    const id = await upload(await pictureAt(source));
    await ask(path(source), away); // which picture it is is known then, but it is not drawn
    const held = holdSource();
    const leader = ask(path(source));
    await held.asked;
    const { env, boarded } = watchedFlights();
    const passenger = ask(path(`upload:${id}`), { env });
    await boarded;
    held.answer(new Response(null, { status: 503 }));
    expect(await (await leader).json()).toMatchObject({ code: "source_status" });
    expect((await passenger).status).toBe(200);
  });

  it("fails those who have it from there too, and is asked once", async () => {
    await ask(path(source), away);
    const held = holdSource();
    const leader = ask(path(source));
    await held.asked;
    const { env, boarded } = watchedFlights();
    const passenger = ask(path(source), { env });
    await boarded;
    held.answer(new Response(null, { status: 503 }));
    expect(await (await leader).json()).toMatchObject({ code: "source_status" });
    expect(await (await passenger).json()).toMatchObject({ code: "source_status" });
    expect(held.count()).toBe(1);
  });
});

describe("an origin that is away when it is asked, and back when its picture is needed", () => {
  const soon = { env: { SOURCE_TTL: "0", SOURCE_STALE_WHILE_REVALIDATE: "0", SOURCE_ERROR_TTL: "0" } };
  const awayOnce = () =>
    vi.spyOn(globalThis, "fetch").mockResolvedValueOnce(new Response(null, { status: 503 }));

  it("has its new picture drawn", async () => {
    const place = `https://photos.example.com/place/stylize-${seed}`;
    await fetch(place, { method: "PUT", body: await pictureAt(source) });
    const old = await ask(path(place), soon);
    await fetch(place, { method: "PUT", body: await pictureAt(`${source}0`) });
    awayOnce();
    const answer = await ask(path(place, ",strength=0.5"), soon);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Server-Timing")).not.toContain("stale");
    expect(answer.headers.get("ETag")).not.toBe(old.headers.get("ETag"));
    const unchanged = await ask(path(place, ",strength=0.5"), {
      ...soon,
      headers: { "If-None-Match": answer.headers.get("ETag") ?? "" },
    });
    expect(unchanged.status).toBe(304);
  });

  it("is not called stale where its picture is the same", async () => {
    await ask(path(source), soon);
    awayOnce();
    const answer = await ask(path(source, ",strength=0.5"), soon);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Server-Timing")).not.toContain("stale");
  });
});
