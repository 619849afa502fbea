import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, bindings, upload } from "../../../tests/support/workerd/ask.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const later = (milliseconds: number) => {
  const then = Date.now() + milliseconds;
  vi.spyOn(Date, "now").mockReturnValue(then);
};

describe("an upload that was deleted", () => {
  it.each([
    ["was stored", async (_path: string) => {}],
    ["was asked for", async (path: string) => void (await ask(path))],
  ])("is gone within a minute where it %s", async (_, before) => {
    const id = await upload(readPicture("rgb.png"));
    const path = `/image/style=handdrawn/upload:${id}`;
    await before(path);
    await bindings.PICTURES.delete(`uploads/${id}`);
    later(60_001);
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: "upload_not_found" });
  });

  it("is looked for once a minute, not at every request", async () => {
    const id = await upload(readPicture("rgb.png"));
    const path = `/image/style=handdrawn/upload:${id}`;
    await ask(path);
    const head = vi.fn((key: string) => bindings.PICTURES.head(key));
    const watched = new Proxy(bindings.PICTURES, {
      get: (bucket, name) => (name === "head" ? head : Reflect.get(bucket, name).bind(bucket)),
    });
    later(60_001);
    for (let times = 0; times < 3; times++) {
      const answer = await ask(path, { env: { PICTURES: watched } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Cache-Control")).toContain("max-age=86400"); // the bytes of an id never change
    }
    expect(head.mock.calls.filter(([key]) => key.startsWith("uploads/"))).toHaveLength(1);
  });
});
