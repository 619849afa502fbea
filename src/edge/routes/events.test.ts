import { createExecutionContext, reset } from "cloudflare:test";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import {
  ASYNC,
  deliver,
  HOST,
  jobOf,
  OUTPUTS,
  of,
  PATH,
  post,
} from "../../../tests/support/workerd/stylizations.ts";
import { PROGRESS, StylizationEvent } from "../../contract/api/stylizations.ts";
import { app } from "../app.ts";

beforeEach(() => reset());
afterEach(() => {
  vi.useRealTimers();
});

/** Follows without waiting for the end; each event as the contract has it. */
async function follow(id: string, last?: string) {
  const headers = last === undefined ? {} : { "Last-Event-ID": last };
  const request = new Request(`http://localhost${PATH}/${id}/events`, { headers });
  const answer = await app.fetch(request, bindings, createExecutionContext());
  const stream = answer.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = stream?.getReader();
  const next = async () => {
    const read = await reader?.read();
    if (!read || read.done) return undefined;
    const { id, event, data } = read.value;
    const told = StylizationEvent.parse(JSON.parse(data));
    expect(event).toBe(told.type);
    return { id: Number(id), ...told };
  };
  const rest = async () => {
    const all: NonNullable<Awaited<ReturnType<typeof next>>>[] = [];
    for (let event = await next(); event; event = await next()) all.push(event);
    return all;
  };
  return { answer, next, rest, leave: () => reader?.cancel() };
}

const queued = async (outputs: unknown[] = OUTPUTS, path = "/png") =>
  (await of(await post({ source: `${HOST}${path}`, outputs }, ASYNC))).id;

describe("GET /v1/stylizations/{id}/events", () => {
  it("begins and ends with how it stands, and tells each step and output between, numbered", async () => {
    const id = await queued([...OUTPUTS, { style: "toon", format: "json" }]);
    const following = await follow(id);
    expect(following.answer.headers.get("Content-Type")).toBe("text/event-stream");
    expect(following.answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await following.next()).toMatchObject({
      id: 1,
      type: "status",
      stylization: { status: "queued" },
    });
    const delivering = deliver(id);
    const events = await following.rest();
    await delivering;
    expect(events[0]).toMatchObject({ type: "status", stylization: { status: "running" } });
    expect(events.at(-1)).toMatchObject({ type: "status", stylization: { status: "succeeded" } });
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 2));
    const told = events.flatMap((event) => (event.type === "output" ? [event.output.status] : []));
    expect(told).toEqual(["succeeded", "succeeded"]);
    const steps = events.flatMap((event) =>
      event.type === "progress" ? [`${event.output} ${event.step}`] : [],
    );
    expect(steps).toEqual(
      expect.arrayContaining(["0 source", "0 decode", "0 infer", "0 encode", "1 decode"]),
    );
    for (const step of steps) expect(PROGRESS).toContain(step.slice(2));
  });

  it("goes on where a connection broke, and tells whoever has heard all not to come back", async () => {
    const id = await queued();
    await deliver(id);
    const all = await (await follow(id, "0")).rest();
    expect(all.length).toBeGreaterThan(5);
    const middle = all[3]?.id ?? 0;
    expect(await (await follow(id, `${middle}`)).rest()).toEqual(all.slice(4));
    const last = all.at(-1);
    expect(await (await follow(id)).rest()).toEqual([last]); // who comes first now hears how it ended
    expect((await follow(id, `${last?.id}`)).answer.status).toBe(204);
    expect(await (await follow(id, "999999")).rest()).toEqual([]);
    expect((await follow(id, "x")).answer.status).toBe(400);
  });

  it("tells many at once, and goes on when one of them leaves", async () => {
    const id = await queued();
    const followers = await Promise.all(Array.from({ length: 20 }, () => follow(id)));
    for (const follower of followers) expect(await follower.next()).toMatchObject({ type: "status" });
    const [gone, ...rest] = followers;
    await gone?.leave();
    await deliver(id);
    const told = await Promise.all(rest.map((follower) => follower.rest()));
    for (const events of told) expect(events).toEqual(told[0]);
    expect(told[0]?.at(-1)).toMatchObject({ stylization: { status: "succeeded" } });
  });

  it("ends with the word that it was canceled", async () => {
    const id = await queued();
    const following = await follow(id);
    await following.next();
    await ask(`${PATH}/${id}`, { method: "DELETE" });
    expect((await following.rest()).map(({ type }) => type)).toEqual(["output", "status"]);
  });

  it("keeps so many events of a stylization that is tried for long, and starts over for who missed more", async () => {
    const id = await queued();
    const claim = await jobOf(id).claim();
    for (let time = 0; time < 400; time++) await jobOf(id).step(claim?.ticket ?? "", 0, "infer");
    const missed = await follow(id, "1");
    expect(await missed.next()).toMatchObject({ id: 402, type: "status" });
    const late = await follow(id, "300");
    expect(await late.next()).toMatchObject({ id: 301, type: "progress" });
    await Promise.all([missed.leave(), late.leave()]);
  });
});
