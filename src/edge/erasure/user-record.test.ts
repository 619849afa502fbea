import { reset, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings, problemOf, stored } from "../../../tests/support/workerd/ask.ts";
import { randomId } from "../../contract/encoding.ts";
import { parseConfig } from "../config.ts";
import { storePhoto } from "../intake/store-photo.ts";
import { userRecordName } from "./record-names.ts";
import { UserRecord } from "./user-record.ts";

beforeEach(reset);

let seed = 41_000;

const freshPhoto = async () => (await fetch(`https://photos.example.com/png?seed=${seed++}`)).bytes();

/** The bucket, of which one method is another. */
const bucketWith = (method: keyof R2Bucket, replaced: (...given: never[]) => unknown) =>
  new Proxy(bindings.PICTURES, {
    get: (real, name) => (name === method ? replaced : Reflect.get(real, name).bind(real)),
  });

const [CONTENT, OTHER] = ["c".repeat(64), "d".repeat(64)];

const inRecord = <Result>(
  PICTURES: R2Bucket,
  look: (record: UserRecord, state: DurableObjectState) => Promise<Result>,
) =>
  runInDurableObject(
    bindings.USERS.getByName(userRecordName("local", "bob")) as DurableObjectStub,
    (_, state) => look(new UserRecord(state, { ...bindings, PICTURES } as never), state),
  );

const sweeps = ({ storage }: DurableObjectState) => [...storage.kv.list({ prefix: "sweep/" })].length;

describe("an erasure that takes longer than its alarm", () => {
  it("still looks once more, and not before what was being drawn at its end must be done", async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: listed, resolve: isListing } = Promise.withResolvers<void>();
    const slow = bucketWith("list", async (options: R2ListOptions) => {
      isListing();
      await held;
      return bindings.PICTURES.list(options);
    });
    await inRecord(slow, async (record, state) => {
      await record.add({ kind: "content", contentHash: CONTENT });
      const began = Date.now();
      const erasing = record.erase({ owner: "local", sweepAfter: 100_000 });
      await listed;
      vi.spyOn(Date, "now").mockReturnValue(began + 40_000);
      const ringing = record.alarm(); // behind the erasure
      goOn();
      await Promise.all([erasing, ringing]);
      expect(sweeps(state)).toBe(1);
      expect(await state.storage.getAlarm()).toBe(began + 140_000);
      vi.spyOn(Date, "now").mockReturnValue(began + 139_999);
      await record.alarm();
      expect(sweeps(state)).toBe(1);
      vi.spyOn(Date, "now").mockReturnValue(began + 140_000);
      await record.alarm();
      expect([...state.storage.kv.list()]).toEqual([]);
      vi.restoreAllMocks();
    });
  });
});

describe("what cannot be erased", () => {
  it("does not keep the rest from it", async () => {
    const bad = bucketWith("list", async (options: R2ListOptions) => {
      if (options.prefix?.includes(CONTENT)) throw new Error("it fails each time");
      return bindings.PICTURES.list(options);
    });
    const late = `masters/${OTHER}/${"0".repeat(64)}`;
    await bindings.PICTURES.put(late, "drawn");
    await inRecord(bad, async (record, { storage }) => {
      for (const contentHash of [CONTENT, OTHER]) await record.add({ kind: "content", contentHash });
      await expect(record.erase({ owner: "local", sweepAfter: 1000 })).rejects.toThrow("it fails each time");
      expect(await stored("masters/")).toEqual([]);
      expect([...storage.kv.list({ prefix: "erase/" })].map(([key]) => key)).toEqual([
        `erase/content/${CONTENT}`,
      ]);
    });
  });
});

describe("a photo", () => {
  it("that was stored, though the answer to that was lost, is found", async () => {
    const lossy = bucketWith("put", async (key: string, bytes: Uint8Array, options: R2PutOptions) => {
      await bindings.PICTURES.put(key, bytes, options);
      throw new Error("Network connection lost.");
    });
    const sent = { method: "POST", body: await freshPhoto(), env: { PICTURES: lossy } };
    expect(await problemOf(await ask("/v1/uploads?user=carol", sent))).toBe("storage_unavailable");
    expect(await stored("uploads/")).toHaveLength(1);
    await ask("/v1/users/carol", { method: "DELETE" });
    expect(await stored("uploads/")).toEqual([]);
  });

  it("is erased with all that was made of it, though another was to be stored under its id after", async () => {
    const parsed = parseConfig(bindings);
    if (!parsed.ok) throw new Error(parsed.complaints.join());
    const intake = { env: bindings, config: parsed.config, now: Date.now };
    const [one, other] = [await freshPhoto(), await freshPhoto()];
    const whose = { owner: "local", user: "erin", id: randomId() };
    await storePhoto({ bytes: one, ...whose }, intake);
    await expect(storePhoto({ bytes: other, ...whose }, intake)).rejects.toThrow("storage_unavailable");
    expect((await ask(`/image/style=handdrawn/upload:${whose.id}`)).status).toBe(200);
    const answer = await ask("/v1/users/erin", { method: "DELETE" });
    expect(await answer.json()).toMatchObject({ uploads: 1, masters: 1, variants: 1 });
    expect((await stored()).filter((key) => !key.startsWith("purges/"))).toEqual([]);
  });
});
