import {
  createExecutionContext,
  createScheduledController,
  reset,
  waitOnExecutionContext,
} from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings, stored } from "../../../tests/support/workerd/ask.ts";
import type { Upload } from "../../contract/api/uploads.ts";
import type { Bindings } from "../bindings.ts";
import { scheduled } from "../scheduled.ts";
import type { Eraser } from "./erase.ts";
import { deleteExpired } from "./expiry.ts";
import { uploadRecordName } from "./record-names.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

let seed = 20_000;

async function send(user: string, ttl: string): Promise<Upload> {
  const body = await (await fetch(`https://photos.example.com/png?seed=${seed++}`)).bytes();
  const answer = await ask(`/v1/uploads?user=${user}`, { method: "POST", body, env: { UPLOAD_TTL: ttl } });
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.json();
}

const uploadsLeft = async () => (await stored("uploads/")).map((key) => key.slice("uploads/".length)).sort();

async function run(env: Partial<Bindings> = {}): Promise<void> {
  const context = createExecutionContext();
  await scheduled(createScheduledController(), { ...bindings, ...env });
  await waitOnExecutionContext(context);
}

function itIs(time: number) {
  vi.spyOn(Date, "now").mockReturnValue(time);
}

describe("what the cron trigger does", () => {
  it("deletes what has expired, with all that was made of it, and no more", async () => {
    const [short, long, ever] = [await send("u_1", "60"), await send("u_1", "600"), await send("u_1", "0")];
    for (const { id } of [short, long, ever]) await ask(`/image/style=handdrawn/upload:${id}`);
    expect(await stored("masters/")).toHaveLength(3);
    await run();
    expect(await uploadsLeft()).toHaveLength(3);
    itIs(Date.now() + 60_000);
    await run();
    expect(await uploadsLeft()).toEqual([long.id, ever.id].sort());
    expect(await stored("masters/")).toHaveLength(2);
    expect(await stored("variants/")).toHaveLength(2);
    const { uploads } = await (await ask("/v1/users/u_1")).json<{ uploads: string[] }>();
    expect(uploads.sort()).toEqual([long.id, ever.id].sort());
    await run();
    expect(await uploadsLeft()).toHaveLength(2);
  });

  it("does nothing where the configuration makes no sense, and says so", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    await send("u_1", "60");
    itIs(Date.now() + 60_000);
    await run({ UPLOAD_TTL: "soon" });
    expect(await uploadsLeft()).toHaveLength(1);
    expect(told.mock.calls.flat().join()).toContain("UPLOAD_TTL");
  });
});

describe("a run is bounded,", () => {
  const eraser: Eraser = { env: bindings, longest: 0, cacheMaxAgeSeconds: 0, now: () => Date.now() };

  it("and the next goes on with what it left", async () => {
    for (let count = 0; count < 5; count++) await send("u_1", "60");
    itIs(Date.now() + 60_000);
    expect(await deleteExpired(eraser, { pages: 5, erasures: 2 })).toBe(2);
    expect(await uploadsLeft()).toHaveLength(3);
    expect(await deleteExpired(eraser, { pages: 5, erasures: 2 })).toBe(2);
    expect(await deleteExpired(eraser, { pages: 5, erasures: 2 })).toBe(1);
    expect(await uploadsLeft()).toEqual([]);
  });

  it("and goes through all pages, from where the last one stopped", async () => {
    const all = [];
    for (let count = 0; count < 6; count++) all.push(await send("u_1", count === 5 ? "60" : "0"));
    const bucket = new Proxy(bindings.PICTURES, {
      get: (bucket, name) =>
        name === "list"
          ? (options: R2ListOptions) =>
              bucket.list({ ...options, ...(options.prefix === "uploads/" && { limit: 2 }) })
          : Reflect.get(bucket, name).bind(bucket),
    });
    itIs(Date.now() + 60_000);
    const paged = { ...eraser, env: { ...bindings, PICTURES: bucket } };
    let erased = 0;
    for (let runs = 0; runs < 3; runs++) {
      expect(await stored("sweeps/")).toHaveLength(runs === 0 ? 0 : 1);
      erased += await deleteExpired(paged, { pages: 1, erasures: 50 });
    }
    expect(erased).toBe(1);
    expect(await uploadsLeft()).toHaveLength(5);
    expect(await stored("sweeps/")).toEqual([]);
  });

  it("and goes on behind what cannot be erased", async () => {
    for (let count = 0; count < 5; count++) await send("u_1", "60");
    const [bad] = await uploadsLeft();
    const users = new Proxy(bindings.USERS, {
      get: (real, name) =>
        name === "getByName"
          ? (record: string) =>
              record === uploadRecordName(bad ?? "")
                ? { erase: () => Promise.reject(new Error("it fails each time")) }
                : real.getByName(record)
          : Reflect.get(real, name),
    });
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    itIs(Date.now() + 60_000);
    const failing = { ...eraser, env: { ...bindings, USERS: users } };
    for (const erased of [1, 2, 1])
      expect(await deleteExpired(failing, { pages: 5, erasures: 2 })).toBe(erased);
    expect(await uploadsLeft()).toEqual([bad]);
    expect(told.mock.calls.flat().join()).toContain("expired_upload_not_erased");
    expect(await deleteExpired(eraser)).toBe(1); // the next time round
  });

  it("and begins anew where its place is lost", async () => {
    await send("u_1", "60");
    await bindings.PICTURES.put("sweeps/uploads", "a name of another kind");
    itIs(Date.now() + 60_000);
    expect(await deleteExpired(eraser)).toBe(1);
  });
});
