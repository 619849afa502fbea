import { afterEach, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, bindings } from "../../../tests/support/workerd/ask.ts";
import { askJson, bearer, KEYS, makeKey } from "../../../tests/support/workerd/keys.ts";
import type { DirectUpload } from "../../contract/api/direct-uploads.ts";

const PHOTO = readPicture("rgb.png");
const TUS = { "Tus-Resumable": "1.0.0" };
const MOST = 200;
const DAY = 86_400_000;

afterEach(() => vi.restoreAllMocks());

const resumable = (key: string) =>
  ask("/v1/uploads/resumable", {
    method: "POST",
    headers: { ...TUS, "Upload-Length": `${PHOTO.length}`, ...bearer(key) },
    env: KEYS,
  });
const direct = (key: string) => askJson("/v1/uploads/direct", key, { bytes: PHOTO.length });

/** All that a key may have begun but for some, as its object counts them. */
async function filled(but: number): Promise<string> {
  const { id, key } = await makeKey();
  const object = bindings.API_KEYS.getByName(id);
  for (let at = 0; at < MOST - but; at++) await object.openSession(`session-${at}`, Date.now() + DAY);
  return key;
}

it("no more uploads are begun at once than a key may have, of either kind, until they expire", async () => {
  const key = await filled(2);
  const answers = await Promise.all([resumable(key), direct(key), resumable(key), direct(key)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 429, 429]);
  const refused = await resumable(key);
  expect(refused.headers.get("Retry-After")).toBe("60");
  expect(await refused.json()).toMatchObject({ code: "too_much_under_way" });
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + DAY);
  expect((await resumable(key)).status).toBe(201);
});

it("one that is whole or given up makes room for another", async () => {
  const key = await filled(1);
  const path = (await resumable(key)).headers.get("Location") ?? "";
  expect((await direct(key)).status).toBe(429);
  const headers = { ...TUS, ...bearer(key) };
  await ask(path, { method: "DELETE", headers, env: KEYS });
  const second = (await resumable(key)).headers.get("Location") ?? "";
  expect((await direct(key)).status).toBe(429);
  const part = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0" };
  const whole = await ask(second, {
    method: "PATCH",
    headers: { ...headers, ...part },
    body: PHOTO,
    env: KEYS,
  });
  expect(whole.status).toBe(204);
  const third = await (await direct(key)).json<DirectUpload>();
  expect((await resumable(key)).status).toBe(429);
  const { pathname, search } = new URL(third.url);
  await ask(pathname + search, { method: "PUT", body: PHOTO, headers: third.headers, env: KEYS });
  expect((await ask(third.complete, { method: "POST", headers: bearer(key), env: KEYS })).status).toBe(201);
  expect((await resumable(key)).status).toBe(201);
});

it("one that cannot be stored is not counted", async () => {
  const key = await filled(1);
  const away = { getByName: () => ({ begin: () => Promise.reject(new Error("away")) }) };
  const env = { ...KEYS, UPLOAD_SESSIONS: away as unknown as typeof bindings.UPLOAD_SESSIONS };
  const body = new TextEncoder().encode(JSON.stringify({ bytes: PHOTO.length }));
  const headers = { ...bearer(key), "Content-Type": "application/json" };
  const broken = await ask("/v1/uploads/direct", { method: "POST", headers, body, env });
  expect(broken.status).toBe(503);
  expect((await resumable(key)).status).toBe(201);
});
