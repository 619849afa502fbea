import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings, found, inferences, upload } from "../../../tests/support/workerd/ask.ts";
import type { Bindings } from "../bindings.ts";
import type { Landing, Terms } from "../storage/single-flight.ts";

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
        board: (terms: Terms) => {
          const boarding = stub.board(terms);
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

/** Somebody else leads the flight of the master that is asked for next, as far as the terms let them. */
function ledByAnother(terms: Terms) {
  const boarded = Promise.withResolvers<{ land: (landing: Landing) => Promise<void> }>();
  let isLed = false;
  const getByName = async (name: string) => {
    const stub = bindings.SINGLE_FLIGHT.getByName(name);
    if (!name.startsWith("masters/") || isLed) return stub;
    isLed = true;
    const boarding = await stub.board(terms);
    if (boarding.role !== "leader") throw new Error("somebody leads already");
    boarded.resolve({ land: async (landing) => stub.land(boarding.ticket, landing) });
    return stub;
  };
  const flights = {
    getByName: (name: string) => ({
      board: async (own: Terms) => (await getByName(name)).board(own),
      renew: (ticket: string) => bindings.SINGLE_FLIGHT.getByName(name).renew(ticket),
      land: (...landed: [string, Landing]) => bindings.SINGLE_FLIGHT.getByName(name).land(...landed),
    }),
  };
  return {
    env: { SINGLE_FLIGHT: flights as unknown as Bindings["SINGLE_FLIGHT"] },
    boarded: boarded.promise,
  };
}

describe("who waits for a leader", () => {
  it("draws the picture where that one dies", async () => {
    const { env } = ledByAnother({ leaseTime: 200, longest: 60_000 });
    const answer = await ask(path(source), { env });
    expect(answer.status).toBe(200);
    expect(found(answer)).toBe("miss");
    expect(found(await ask(path(source)))).toBe("hit");
  });

  it("has its picture however slow it is, and does not draw it again", async () => {
    const { env, boarded } = ledByAnother({ leaseTime: 60_000, longest: 60_000 });
    const passenger = ask(path(source, ",width=40"), { env });
    const { land } = await boarded;
    const before = await inferences();
    const lost = { getByName: () => ({ board: () => Promise.reject(new Error("lost")) }) };
    const alone = { SINGLE_FLIGHT: lost as unknown as Bindings["SINGLE_FLIGHT"] };
    await ask(path(source), { env: alone }); // what the leader does, in the end
    await land({ kind: "stored" });
    expect(found(await passenger)).toBe("master");
    expect(await inferences()).toBe(before + 1);
  });

  it("draws it where the leader says that it is stored, and it is not", async () => {
    const { env, boarded } = ledByAnother({ leaseTime: 60_000, longest: 60_000 });
    const passenger = ask(path(source), { env });
    await (await boarded).land({ kind: "stored" });
    expect((await passenger).status).toBe(200);
  });

  it("draws it where what the leader hands over is no picture", async () => {
    const { env, boarded } = ledByAnother({ leaseTime: 60_000, longest: 60_000 });
    const passenger = ask(path(source), { env });
    await (await boarded).land({ kind: "handed", bytes: new TextEncoder().encode("no picture") });
    expect((await passenger).status).toBe(200);
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
