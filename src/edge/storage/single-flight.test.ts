import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { board } from "./flight.ts";
import type { Boarding, SingleFlight, Terms } from "./single-flight.ts";

const LONG = { leaseTime: 60_000, longest: 60_000 };
const lasting = (leaseTime: number) => ({ leaseTime, longest: 60_000 });
const STORED = { kind: "stored" } as const;

const objects = env.SINGLE_FLIGHT as unknown as DurableObjectNamespace<SingleFlight>;
const flight = (name: string): DurableObjectStub<SingleFlight> => objects.getByName(name);

async function boardFirst(stub: DurableObjectStub<SingleFlight>, terms: Terms): Promise<string> {
  const boarding: Boarding = await stub.board(terms);
  if (boarding.role !== "leader") throw new Error("somebody else leads");
  return boarding.ticket;
}

/** Resolves when another flight's lease of so many milliseconds has run out: time as the objects see it. */
async function leaseRunsOut(name: string, leaseTime: number): Promise<void> {
  await boardFirst(flight(name), lasting(leaseTime));
  expect(await flight(name).board(LONG)).toEqual({ role: "again" });
}

describe("SingleFlight", () => {
  it("lets the first lead and tells all others how it ended", async () => {
    const stub = flight("all");
    const ticket = await boardFirst(stub, LONG);
    const others = Array.from({ length: 50 }, () => stub.board(LONG));
    await stub.land(ticket, STORED);
    for (const boarding of await Promise.all(others)) {
      expect(boarding).toEqual({ role: "passenger", landing: STORED });
    }
  });

  it("hands over what could not be stored", async () => {
    const stub = flight("handed");
    const ticket = await boardFirst(stub, LONG);
    const other = stub.board(LONG);
    const landing = { kind: "handed" as const, bytes: new Uint8Array([1, 2, 3]) };
    await stub.land(ticket, landing);
    expect(await other).toEqual({ role: "passenger", landing });
  });

  it("tells an error to all who wait, and forgets it", async () => {
    const stub = flight("failed");
    const ticket = await boardFirst(stub, LONG);
    const other = stub.board(LONG);
    const landing = {
      kind: "failed" as const,
      code: "inference_failed" as const,
      detail: "no",
      retryAfter: undefined,
    };
    await stub.land(ticket, landing);
    expect(await other).toMatchObject({
      role: "passenger",
      landing: { kind: "failed", code: "inference_failed" },
    });
    expect(await stub.board(LONG)).toMatchObject({ role: "leader" });
  });

  it("has all board again whose leader is silent, and who comes first leads", async () => {
    const stub = flight("silent");
    const lost = await boardFirst(stub, lasting(50));
    const [second, third] = await Promise.all([stub.board(LONG), stub.board(LONG)]);
    expect([second, third]).toEqual([{ role: "again" }, { role: "again" }]);
    const ticket = await boardFirst(stub, LONG);
    const other = stub.board(LONG);
    expect(await stub.renew(lost)).toBe(false);
    await stub.land(lost, { kind: "failed", code: "internal", detail: "late", retryAfter: undefined });
    await stub.land(ticket, STORED);
    expect(await other).toEqual({ role: "passenger", landing: STORED });
  });

  it("costs one lease where a leader dies, however many of those who wait have gone", async () => {
    const stub = flight("gone");
    await boardFirst(stub, lasting(50));
    const gone = Array.from({ length: 10 }, () => stub.board(LONG)); // who will never board again
    const flown = await board({ objects, longest: 60_000 }, "gone");
    expect(flown).toMatchObject({ role: "leader" });
    if (flown.role === "leader") await flown.land(STORED);
    await Promise.all(gone);
  });

  it("is given up where one leader after the other dies", async () => {
    const again = vi.fn(async () => ({ role: "again" }) as const);
    const dying = { getByName: () => ({ board: again }) } as unknown as typeof objects;
    expect(await board({ objects: dying, longest: 60_000 }, "dying")).toEqual({ role: "alone" });
    expect(again).toHaveBeenCalledTimes(4);
  });

  it("lets nobody take over from a leader that renews", async () => {
    const stub = flight("renewing");
    const ticket = await boardFirst(stub, lasting(200));
    const other = stub.board(LONG);
    for (let beat = 0; beat < 5; beat++) {
      await leaseRunsOut(`beat ${beat}`, 80);
      expect(await stub.renew(ticket)).toBe(true);
    }
    await stub.land(ticket, STORED);
    expect(await other).toMatchObject({ role: "passenger" });
  });

  it("lets the next take over from a leader that renews for ever", async () => {
    const stub = flight("endless");
    const ticket = await boardFirst(stub, { leaseTime: 100, longest: 150 });
    const other = stub.board(LONG);
    let beats = 0;
    while (await stub.renew(ticket)) await leaseRunsOut(`endless ${beats++}`, 40);
    expect(beats).toBeGreaterThan(1);
    expect(await other).toEqual({ role: "again" });
    const takenOver = await boardFirst(stub, LONG);
    await stub.land(ticket, { kind: "failed", code: "internal", detail: "late", retryAfter: undefined });
    expect(await stub.renew(takenOver)).toBe(true);
  });

  it("is free again after a leader without passengers fell silent", async () => {
    const stub = flight("free");
    await boardFirst(stub, lasting(20));
    await leaseRunsOut("free meanwhile", 100);
    expect(await stub.board(LONG)).toMatchObject({ role: "leader" });
  });

  it("starts anew where the object was lost", async () => {
    const ticket = await boardFirst(flight("lost"), LONG);
    await abortAllDurableObjects();
    expect(await flight("lost").renew(ticket)).toBe(false);
    expect(await flight("lost").board(LONG)).toMatchObject({ role: "leader" });
  });
});
