import { reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, bindings, found, problemOf, stored } from "../../../tests/support/workerd/ask.ts";
import { askJson, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import { storedIn } from "../../../tests/support/workerd/objects.ts";
import { ASYNC, deliver, OUTPUTS, of, post } from "../../../tests/support/workerd/stylizations.ts";
import type { Erasure } from "../../contract/api/erasure.ts";
import type { Stylization } from "../../contract/api/stylizations.ts";
import type { Upload } from "../../contract/api/uploads.ts";
import type { Holdings } from "../../contract/api/users.ts";
import { sha256 } from "../../contract/encoding.ts";
import { parseSource } from "../../contract/source.ts";
import { sourceKey } from "../storage/keys.ts";
import { uploadRecordName, userRecordName } from "./record-names.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const HOST = "https://photos.example.com";
const MODERATION = {
  MODERATION_URL: `http://moderation.example.com/body?text=${encodeURIComponent('{"allow":true}')}`,
};

let seed = 9000;

/** A picture that nothing remembers yet. */
async function freshPhoto(): Promise<Uint8Array> {
  return (await fetch(`${HOST}/png?seed=${seed++}`)).bytes();
}

async function send(photo: Uint8Array, user?: string): Promise<Upload> {
  const answer = await ask(`/v1/uploads${user ? `?user=${user}` : ""}`, { method: "POST", body: photo });
  if (answer.status !== 201) throw new Error(await answer.text());
  return answer.json();
}

const erase = async (path: string, env = {}) => {
  const answer = await ask(path, { method: "DELETE", env });
  return answer.status === 200 ? answer.json<Erasure>() : problemOf(answer);
};

const draw = (id: string, options = "", env = {}) =>
  ask(`/image/style=handdrawn${options}/upload:${id}`, { env });

/** All that is stored, but for marks of purges, which say nothing of whom or what. */
const left = async () => (await stored()).filter((key) => !key.startsWith("purges/"));

const alarm = (name: string) => runDurableObjectAlarm(bindings.USERS.getByName(name));

function itIs(time: string) {
  vi.spyOn(Date, "now").mockReturnValue(Date.parse(time));
}

describe("deleting an upload", () => {
  it("erases it, and all that was made of it, in every style and size", async () => {
    const { id } = await send(await freshPhoto());
    for (const options of ["", ",width=20", ",format=png,width=30", ",backdrop=blur", ",format=json"])
      expect((await draw(id, options, MODERATION)).status).toBe(200);
    expect((await ask(`/image/style=engraving/upload:${id}`, { env: MODERATION })).status).toBe(200);
    const kinds = (await stored()).map((key) => key.split("/")[0]);
    expect(new Set(kinds)).toEqual(new Set(["masters", "mattes", "uploads", "variants", "verdicts"]));
    const erasure = await erase(`/v1/uploads/${id}`);
    expect(erasure).toMatchObject({
      ...{ uploads: 1, stylizations: 0, pictures: 0, masters: 2, variants: 6, mattes: 1 },
      caches: expect.stringContaining("86400 seconds"),
    });
    expect(await left()).toEqual([]);
    expect(await problemOf(await draw(id))).toBe("upload_not_found");
    expect(await erase(`/v1/uploads/${id}`)).toBe("upload_not_found");
  });

  it("has no data centre show a copy: another upload of the same bytes is drawn anew, under other names", async () => {
    const photo = await freshPhoto();
    const [one, other] = [await send(photo), await send(photo)];
    const before = await draw(one.id);
    expect(found(await draw(other.id))).toBe("hit");
    await erase(`/v1/uploads/${one.id}`);
    const after = await draw(other.id);
    expect(found(after)).toBe("miss");
    expect(after.bytes).toEqual(before.bytes);
    expect(after.headers.get("ETag")).not.toBe(before.headers.get("ETag"));
  });

  it("erases what was being drawn meanwhile, once that must be done", async () => {
    const photo = await freshPhoto();
    const { id } = await send(photo);
    const content = await sha256((await (await bindings.PICTURES.get(`uploads/${id}`))?.bytes()) ?? photo);
    const erasure = (await erase(`/v1/uploads/${id}`)) as Erasure;
    const late = [`masters/${content}/${"0".repeat(64)}`, `variants/${content}/${"1".repeat(64)}`];
    for (const key of late) await bindings.PICTURES.put(key, "drawn in the old name");
    const other = `masters/${"f".repeat(64)}/${"0".repeat(64)}`;
    await bindings.PICTURES.put(other, "another's");
    expect(Date.parse(erasure.sweptAgainAt) - Date.parse(erasure.erasedAt)).toBeGreaterThan(300_000);
    itIs(erasure.sweptAgainAt);
    expect(await alarm(uploadRecordName(id))).toBe(true);
    expect(await left()).toEqual([other]);
    expect(await storedIn(bindings.USERS)).toEqual([]);
  });

  it("takes it from its user's record", async () => {
    const { id } = await send(await freshPhoto(), "u_1");
    await erase(`/v1/uploads/${id}`);
    expect(await (await ask("/v1/users/u_1")).json()).toEqual({ user: "u_1", uploads: [], stylizations: [] });
  });
});

describe("erasing a user", () => {
  it("erases all uploads and what was made of them, and nobody else's", async () => {
    const [one, two, other] = [
      await send(await freshPhoto(), "u_1"),
      await send(await freshPhoto(), "u_1"),
      await send(await freshPhoto(), "u_2"),
    ];
    for (const { id } of [one, two, other]) await draw(id);
    const holdings = await (await ask("/v1/users/u_1")).json<Holdings>();
    expect([...holdings.uploads].sort()).toEqual([one.id, two.id].sort());
    const before = await left();
    expect(await erase("/v1/users/u_1")).toMatchObject({ uploads: 2, masters: 2, variants: 2 });
    const kept = await left();
    expect(kept).toHaveLength(3);
    expect(before).toEqual(expect.arrayContaining(kept));
    expect(kept).toContain(`uploads/${other.id}`);
    expect(await (await ask("/v1/users/u_1")).json()).toEqual({ user: "u_1", uploads: [], stylizations: [] });
    expect(await erase("/v1/users/u_1")).toMatchObject({ uploads: 0, masters: 0, variants: 0 });
  });

  it("erases what is not there yet: parts of uploads, and what waits to be completed", async () => {
    const headers = {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": "1000",
      "Upload-Metadata": `user ${btoa("u_1")}`,
    };
    const path =
      (await ask("/v1/uploads/resumable", { method: "POST", headers })).headers.get("Location") ?? "";
    const part = {
      "Tus-Resumable": "1.0.0",
      "Upload-Offset": "0",
      "Content-Type": "application/offset+octet-stream",
    };
    await ask(path, { method: "PATCH", headers: part, body: readPicture("rgb.jpg").subarray(0, 500) });
    const json = { "Content-Type": "application/json" };
    const body = new TextEncoder().encode(JSON.stringify({ bytes: 5, user: "u_1" }));
    const direct = await (await ask("/v1/uploads/direct", { method: "POST", headers: json, body })).json<{
      url: string;
      id: string;
    }>();
    const url = direct.url.replace(/^https?:\/\/[^/]+/, "");
    await ask(url, { method: "PUT", body: new TextEncoder().encode("photo") });
    expect(await stored()).toEqual([`incoming/${direct.id}`]);
    await erase("/v1/users/u_1");
    expect(await left()).toEqual([]);
    expect((await ask(path, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } })).status).toBe(404);
    expect(await problemOf(await ask(url, { method: "PUT", body: new TextEncoder().encode("photo") }))).toBe(
      "invalid_signature",
    );
    expect(await problemOf(await ask(`/v1/uploads/${direct.id}/complete`, { method: "POST" }))).toBe(
      "upload_not_found",
    );
    expect(await left()).toEqual([]);
  });

  it("erases contents of URLs that were drawn for them, and which picture the URL was", async () => {
    const url = `${HOST}/png?seed=${seed++}`;
    await ask(`/image/style=handdrawn/${url}`);
    const content = (await stored("masters/"))[0]?.split("/")[1] ?? "";
    const parsed = parseSource(url);
    if (!parsed.ok) throw new Error(parsed.detail);
    const record = await sourceKey(parsed.source);
    expect(await stored("sources/")).toEqual([record]);
    await bindings.USERS.getByName(userRecordName("local", "u_1")).add({
      kind: "content",
      contentHash: content,
      record,
    });
    expect(await erase("/v1/users/u_1")).toMatchObject({ uploads: 0, masters: 1, variants: 1 });
    expect(await left()).toEqual([]);
  });

  it("forgets that there was one, once nothing can be stored any more", async () => {
    const { id } = await send(await freshPhoto(), "u_1");
    const erasure = (await erase("/v1/users/u_1")) as Erasure;
    itIs(erasure.sweptAgainAt);
    for (const name of [userRecordName("local", "u_1"), uploadRecordName(id)]) await alarm(name);
    expect(await left()).toEqual([]);
    expect(await storedIn(bindings.USERS)).toEqual([]);
    expect(await ask("/v1/users/nobody")).toMatchObject({ status: 200 });
    expect(await storedIn(bindings.USERS)).toEqual([]);
  });

  it("asked for twice at once is done once", async () => {
    const photos = await Promise.all([1, 2, 3].map(freshPhoto));
    for (const photo of photos) await send(photo, "u_1");
    const erasures = (await Promise.all([erase("/v1/users/u_1"), erase("/v1/users/u_1")])) as Erasure[];
    expect(erasures.reduce((sum, { uploads }) => sum + uploads, 0)).toBe(3);
    expect(await left()).toEqual([]);
  });

  it("does not erase what is stored afterwards", async () => {
    const photo = await freshPhoto();
    await send(photo, "u_1");
    const erasure = (await erase("/v1/users/u_1")) as Erasure;
    const again = await send(photo, "u_1");
    itIs(erasure.sweptAgainAt);
    await alarm(userRecordName("local", "u_1"));
    expect((await ask(`/v1/uploads/${again.id}`)).status).toBe(200);
    expect((await draw(again.id)).status).toBe(200);
    expect(await (await ask("/v1/users/u_1")).json()).toMatchObject({ uploads: [again.id] });
  });

  it("while a photo of theirs is being stored leaves nothing of it", async () => {
    const photo = await freshPhoto();
    const slow = new Proxy(bindings.PICTURES, {
      get: (bucket, name) => {
        if (name !== "put") return Reflect.get(bucket, name).bind(bucket);
        return async (
          key: string,
          ...more: Parameters<R2Bucket["put"]> extends [unknown, ...infer Rest] ? Rest : never
        ) => {
          if (key.startsWith("uploads/")) await erase("/v1/users/u_1");
          return bucket.put(key, ...more);
        };
      },
    });
    const answer = await ask("/v1/uploads?user=u_1", {
      method: "POST",
      body: photo,
      env: { PICTURES: slow },
    });
    expect(await problemOf(answer)).toBe("upload_not_found");
    expect(await left()).toEqual([]);
  });
});

describe("with an upload, or a user, go stylizations and their pictures:", () => {
  const stylize = async (source: string, user?: string) => {
    const made = await of(
      await post({ source, outputs: [...OUTPUTS, { style: "toon", format: "png" }], ...(user && { user }) }),
    );
    expect(made.status).toBe("succeeded");
    return made;
  };

  const isGone = async ({ id, outputs }: Stylization) => {
    expect(await problemOf(await ask(`/v1/stylizations/${id}`))).toBe("stylization_not_found");
    for (const { url } of outputs) if (url) expect(await problemOf(await ask(url))).toBe("picture_not_found");
  };

  it("an upload's, whoever's they are", async () => {
    const { id } = await send(await freshPhoto());
    const [one, other] = [await stylize(`upload:${id}`), await stylize(`upload:${id}`, "u_1")];
    expect(await erase(`/v1/uploads/${id}`)).toMatchObject({ uploads: 1, stylizations: 2, pictures: 4 });
    for (const made of [one, other]) await isGone(made);
    expect(await left()).toEqual([]);
    expect(await (await ask("/v1/users/u_1")).json()).toMatchObject({ stylizations: [] });
  });

  it("a user's, of uploads and of URLs", async () => {
    const { id } = await send(await freshPhoto(), "u_1");
    const url = `${HOST}/png?seed=${seed++}`;
    const all = [await stylize(`upload:${id}`), await stylize(url, "u_1")];
    const others = await stylize(`${HOST}/png?seed=${seed++}`, "u_2");
    const { stylizations } = await (await ask("/v1/users/u_1")).json<Holdings>();
    expect(stylizations).toEqual([all[1]?.id]);
    expect(await erase("/v1/users/u_1")).toMatchObject({ uploads: 1, stylizations: 2, pictures: 4 });
    for (const made of all) await isGone(made);
    expect((await ask(others.outputs[0]?.url ?? "")).status).toBe(200);
    const kinds = (await left()).map((key) => key.split("/")[0]).sort();
    expect(kinds).toEqual(["masters", "outputs", "outputs", "sources", "variants", "variants"]);
  });

  it("one that is waiting is never drawn", async () => {
    const { id } = await send(await freshPhoto(), "u_1");
    const queued = await of(await post({ source: `upload:${id}`, outputs: OUTPUTS, user: "u_1" }, ASYNC));
    expect(await erase("/v1/users/u_1")).toMatchObject({ stylizations: 1, pictures: 0 });
    await deliver(queued.id);
    expect(await left()).toEqual([]);
    await isGone(queued);
  });
});

describe("what webhooks were told", () => {
  const bodies = () =>
    runInDurableObject(bindings.WEBHOOKS.getByName("local") as DurableObjectStub, (_, { storage }) =>
      storage.sql
        .exec<{ body: string }>("SELECT body FROM deliveries")
        .toArray()
        .map(({ body }) => body),
    );

  const told = async () => {
    await ask("/v1/webhooks/secret", { method: "POST" });
    const labels = { mail: "alice@example.com" };
    const webhook = "https://hooks.example.com/down";
    const source = `${HOST}/png?seed=${seed++}`;
    const made = await of(await post({ source, outputs: OUTPUTS, user: "alice", labels, webhook }));
    expect(made.status).toBe("succeeded");
    await expect.poll(bodies).toHaveLength(1);
    return made;
  };

  it("goes with the stylization, before its user's record loses sight of it", async () => {
    const { id } = await told();
    expect((await ask(`/v1/stylizations/${id}`, { method: "DELETE" })).status).toBe(204);
    await expect
      .poll(async () => (await (await ask("/v1/users/alice")).json<Holdings>()).stylizations)
      .toEqual([]);
    expect(await bodies()).toEqual([]);
  });

  it("goes with the user", async () => {
    await told();
    await erase("/v1/users/alice");
    expect(await bodies()).toEqual([]);
  });
});

describe("a URL that was drawn for a token's user by its image URL", () => {
  it("is erased with the user, each time", async () => {
    const { key } = await makeKey();
    const token = await makeToken(key, { user: "alice" });
    const path = `/image/style=handdrawn/${HOST}/png?seed=${seed++}`;
    const draw = () => ask(path, { headers: { Authorization: `Bearer ${token}` }, env: KEYS });
    const erased = () => askJson("/v1/users/alice", key, undefined, { method: "DELETE" });
    for (const _ of [1, 2]) expect((await draw()).status).toBe(200);
    expect(await (await erased()).json()).toMatchObject({ masters: 1, variants: 1 });
    expect(await left()).toEqual([]);
    itIs(new Date(Date.now() + 30_000).toISOString()); // this isolate looks again
    expect((await draw()).status).toBe(200);
    expect(await (await erased()).json()).toMatchObject({ masters: 1, variants: 1 });
  });

  it("at once after is found once more, though this isolate has not traced it again", async () => {
    const { key, id } = await makeKey();
    const token = await makeToken(key, { user: "alice" });
    const path = `/image/style=handdrawn/${HOST}/png?seed=${seed++}`;
    const draw = () => ask(path, { headers: { Authorization: `Bearer ${token}` }, env: KEYS });
    await draw();
    const answer = await askJson("/v1/users/alice", key, undefined, { method: "DELETE" });
    const { sweptAgainAt } = await answer.json<Erasure>();
    await draw();
    expect(await stored("masters/")).toHaveLength(1);
    itIs(sweptAgainAt);
    expect(await alarm(userRecordName(id, "alice"))).toBe(true);
    expect(await stored("masters/")).toEqual([]);
  });

  it("is not drawn where it cannot be traced", async () => {
    const { key } = await makeKey();
    const token = await makeToken(key, { user: "alice" });
    const path = `/image/style=handdrawn/${HOST}/png?seed=${seed++}`;
    const USERS = { getByName: () => ({ add: () => Promise.reject(new Error("it is away")) }) } as never;
    const answer = await ask(path, {
      headers: { Authorization: `Bearer ${token}` },
      env: { ...KEYS, USERS },
    });
    expect(await problemOf(answer)).toBe("storage_unavailable");
    expect(await stored("masters/")).toEqual([]);
  });
});

describe("an erasure that was accepted is done,", () => {
  it("by an alarm, where the storage was away", async () => {
    const { id } = await send(await freshPhoto(), "u_1");
    await draw(id);
    const remove = vi
      .spyOn(Object.getPrototypeOf(bindings.PICTURES), "delete")
      .mockRejectedValue(new Error("R2 is away"));
    expect(await erase("/v1/users/u_1")).toBe("storage_unavailable");
    expect((await left()).length).toBeGreaterThan(0);
    await alarm(userRecordName("local", "u_1")); // which fails too, and is set again
    remove.mockRestore();
    expect(await alarm(userRecordName("local", "u_1"))).toBe(true);
    expect(await left()).toEqual([]);
  });
});

describe("nobody erases another's:", () => {
  it("a key neither another key's user, nor upload", async () => {
    const [mine, other] = [await makeKey(), await makeKey()];
    const photo = await freshPhoto();
    const sent = await ask("/v1/uploads?user=u_1", {
      method: "POST",
      body: photo,
      headers: { Authorization: `Bearer ${mine.key}` },
      env: KEYS,
    });
    const { id } = await sent.json<Upload>();
    const del = { method: "DELETE" };
    expect(await problemOf(await askJson(`/v1/uploads/${id}`, other.key, undefined, del))).toBe(
      "upload_not_found",
    );
    expect(await (await askJson("/v1/users/u_1", other.key, undefined, del)).json()).toMatchObject({
      uploads: 0,
    });
    expect(await (await askJson("/v1/users/u_1", other.key)).json()).toMatchObject({ uploads: [] });
    expect(await problemOf(await askJson(`/v1/users/u_1?owner=${mine.id}`, other.key, undefined, del))).toBe(
      "forbidden",
    );
    const token = await makeToken(mine.key, { user: "u_2" });
    expect(await problemOf(await askJson(`/v1/uploads/${id}`, token, undefined, del))).toBe(
      "upload_not_found",
    );
    expect(await problemOf(await askJson("/v1/users/u_1", token, undefined, del))).toBe("forbidden");
    const drawing = await askJson(`/image/style=handdrawn/upload:${id}`, other.key);
    expect(await problemOf(drawing)).toBe("upload_not_found");
    const own = await makeToken(mine.key, { user: "u_1" });
    expect(await (await askJson("/v1/users/u_1", own)).json()).toMatchObject({ uploads: [id] });
    expect(await (await askJson("/v1/users/u_1", own, undefined, del)).json()).toMatchObject({ uploads: 1 });
  });

  it("but the operator any key's user, though the key is revoked", async () => {
    const key = await makeKey();
    const sent = await ask("/v1/uploads?user=u_1", {
      method: "POST",
      body: await freshPhoto(),
      headers: { Authorization: `Bearer ${key.key}` },
      env: KEYS,
    });
    expect(sent.status).toBe(201);
    const operator = KEYS.ADMIN_SECRET;
    await askJson(`/v1/keys/${key.id}`, operator, undefined, { method: "DELETE" });
    const erasure = await askJson(`/v1/users/u_1?owner=${key.id}`, operator, undefined, { method: "DELETE" });
    expect(await erasure.json()).toMatchObject({ uploads: 1 });
    expect(await left()).toEqual([]);
  });
});
