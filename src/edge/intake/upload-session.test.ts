import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, bindings, stored } from "../../../tests/support/workerd/ask.ts";
import { randomId } from "../../contract/encoding.ts";
import { parseConfig } from "../config.ts";
import { finish } from "./finish.ts";
import { type Session, UploadSession } from "./upload-session.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const MINUTE = 60_000;
let seed = 43_000;

const intake = () => {
  const parsed = parseConfig(bindings);
  if (!parsed.ok) throw new Error(parsed.complaints.join());
  return { env: bindings, config: parsed.config, now: Date.now };
};

type Room = { session: UploadSession; told: Session; photo: Uint8Array; state: DurableObjectState };

/** A resumable upload's object, whose user's record may be another. */
async function inSession<Result>(look: (room: Room) => Promise<Result>, env: object = {}): Promise<Result> {
  const photo = await (await fetch(`https://photos.example.com/png?seed=${seed++}`)).bytes();
  const id = randomId();
  return runInDurableObject(bindings.UPLOAD_SESSIONS.getByName(id) as DurableObjectStub, async (_, state) => {
    const session = new UploadSession(state, { ...bindings, ...env } as never);
    const of = { owner: "local", user: "dora", length: photo.length, sha256: undefined };
    const told = { kind: "resumable" as const, id, ...of, expiresAt: Date.now() + 60 * MINUTE };
    await session.begin(told);
    return look({ session, told, photo, state });
  });
}

async function opened(session: UploadSession): Promise<string> {
  const opened = await session.open(0);
  if (!opened.ok) throw new Error(opened.why);
  return opened.ticket;
}

async function fill({ session, photo }: Room): Promise<void> {
  const ticket = await opened(session);
  await session.append(ticket, photo, true);
  await session.close(ticket, true);
}

const contentOf = async ({ session }: Room) => new Response(await session.content()).bytes();

const finishing = (bytes: Uint8Array, { told, session }: Room) =>
  finish(told, bytes, session as never, intake());

const kept = ({ state }: Room) => [...state.storage.kv.list()].map(([key]) => key);

describe("an upload that is given up", () => {
  it("takes no more bytes from that moment on, and cannot become a photo", async () => {
    const { promise: removed, resolve: remove } = Promise.withResolvers<void>();
    const USERS = { getByName: () => ({ add: async () => {}, remove: () => removed }) };
    await inSession(
      async (room) => {
        const { session, photo } = room;
        const ticket = await opened(session);
        const givenUp = session.abandon(); // which waits for the user's record
        expect(await session.append(ticket, photo, true)).toBe(false);
        expect(await session.content()).toBeUndefined();
        expect(await session.look()).toBeUndefined();
        remove();
        expect(await givenUp).toBe(true);
        expect(kept(room)).toEqual([]);
        await expect(finishing(photo, room)).rejects.toThrow("upload_not_found"); // had somebody the bytes
      },
      { USERS },
    );
    expect(await stored("uploads/")).toEqual([]);
  });
});

describe("two who finish one upload", () => {
  it("at once: the second is told that it is done, and nothing but that is kept, for a while", async () => {
    await inSession(async (room) => {
      await fill(room);
      const bytes = await contentOf(room);
      const upload = await finishing(bytes, room);
      expect(await room.session.content()).toBeUndefined();
      expect(await finishing(bytes, room)).toEqual(upload); // who had the bytes before
      expect(await room.state.storage.kv.get("session")).toMatchObject({ owner: "", user: undefined });
      expect(await room.state.storage.getAlarm()).toBeLessThanOrEqual(Date.now() + 15 * MINUTE);
      await room.session.alarm();
      expect(kept(room)).toEqual([]);
    });
    expect(await stored("uploads/")).toHaveLength(1);
  });

  it("do not bring back what was erased in between", async () => {
    const room = await inSession(async (room) => {
      await fill(room);
      const bytes = await contentOf(room);
      await finishing(bytes, room);
      return { id: room.told.id, bytes };
    });
    expect((await ask(`/v1/uploads/${room.id}`, { method: "DELETE" })).status).toBe(200);
    const session = bindings.UPLOAD_SESSIONS.getByName(room.id);
    const told = { kind: "resumable" as const, ...{ id: room.id, owner: "local", user: "dora" } };
    const again = { ...told, length: room.bytes.length, sha256: undefined, expiresAt: Date.now() + MINUTE };
    await expect(finish(again, room.bytes, session, intake())).rejects.toThrow("upload_not_found");
    expect(await stored("uploads/")).toEqual([]);
  });
});
