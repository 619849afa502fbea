import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, bindings, found, inferences, upload } from "../../../tests/support/workerd/ask.ts";

const HOST = "https://photos.example.com";
const ADMIN_SECRET = "a secret of the operator's, long".replaceAll(" ", "-");
const path = (source: string) => `/image/style=handdrawn,format=png/${source}`;
let seed = 9000;
let place: string;

beforeEach(async () => {
  await reset();
  place = `${HOST}/place/purge-${seed++}`;
  await put(await picture());
});
afterEach(() => vi.restoreAllMocks());

const picture = async () => (await fetch(`${HOST}/png?seed=${seed++}`)).arrayBuffer();
const put = async (body: BodyInit, headers: Record<string, string> = {}, at = place) =>
  void (await fetch(at, { method: "PUT", body, headers: { "X-Headers": JSON.stringify(headers) } }));

async function purge(body: object) {
  const answer = await ask("/v1/purge", {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_SECRET}` },
    body: new TextEncoder().encode(JSON.stringify(body)),
    env: { AUTH: "keys", ADMIN_SECRET },
  });
  expect(answer.status).toBe(200);
  return answer.json<Record<string, unknown>>();
}

describe("POST /v1/purge", () => {
  it("of a source has its origin asked, without what it gave before, and its pictures made anew", async () => {
    await put(await picture(), { ETag: '"same"', "Cache-Control": "max-age=86400" });
    const first = await ask(path(place));
    expect(found(await ask(path(place)))).toBe("hit");
    expect(await purge({ sources: [place] })).toEqual({
      purged: 1,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      everywhereWithin: 30,
    });
    await put(await picture(), { ETag: '"same"' }); // an origin whose tags are wrong is what purges are for
    const second = await ask(path(place), { headers: { "If-None-Match": first.headers.get("ETag") ?? "" } });
    expect(second.status).toBe(200);
    expect(found(second)).toBe("miss");
    expect(second.bytes).not.toEqual(first.bytes);
    expect(found(await ask(path(place)))).toBe("hit");
  });

  it("makes even the same bytes anew, with another tag", async () => {
    const first = await ask(path(place));
    await purge({ sources: [place] });
    const before = await inferences();
    const second = await ask(path(place));
    expect(await inferences()).toBe(before + 1);
    expect(second.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
  });

  it("of a source leaves others alone, even of the same bytes", async () => {
    const other = `${place}-other`;
    const bytes = await picture();
    await put(bytes);
    await put(bytes, {}, other);
    await ask(path(place));
    await ask(path(other));
    await purge({ sources: [place] });
    expect(found(await ask(path(other)))).toBe("hit");
    expect(found(await ask(path(place)))).toBe("miss");
  });

  it("of a source does not show the old picture while its origin is in trouble", async () => {
    await ask(path(place));
    await put("status 500");
    await purge({ sources: [place] });
    expect((await ask(path(place))).status).toBe(502);
  });

  it("of a source has a failure that is remembered asked again", async () => {
    await put("status 404");
    expect((await ask(path(place))).status).toBe(404);
    await put(await picture());
    expect((await ask(path(place))).status).toBe(404);
    await purge({ sources: [place] });
    expect((await ask(path(place))).status).toBe(200);
  });

  it("of an upload makes its pictures anew, and leaves it be", async () => {
    const id = await upload(readPicture("rgb.png"));
    const first = await ask(path(`upload:${id}`));
    await purge({ sources: [`upload:${id}`] });
    const second = await ask(path(`upload:${id}`));
    expect(found(second)).toBe("miss");
    expect(second.bytes).toEqual(first.bytes);
  });

  it("of a style makes everything in it anew, and asks no origin", async () => {
    await ask(path(place));
    await purge({ styles: ["handdrawn"] });
    await put("status 404");
    const answer = await ask(path(place)); // its bytes are needed, and gone
    expect(answer.status).toBe(404);
    const id = await upload(readPicture("rgb.png"));
    expect(found(await ask(path(`upload:${id}`)))).toBe("miss");
    expect(found(await ask(path(`upload:${id}`)))).toBe("hit");
    await purge({ styles: ["handdrawn"] });
    expect(found(await ask(path(`upload:${id}`)))).toBe("miss");
  });

  it("of a tag makes anew what its origin tagged so, and nothing else", async () => {
    const other = `${place}-other`;
    await put(await picture(), { "Cache-Tag": "Team, user-7" });
    await put(await picture(), { "Cache-Tag": "user-8" }, other);
    await ask(path(place));
    await ask(path(other));
    await purge({ tags: ["team"] });
    expect(found(await ask(path(place)))).toBe("miss");
    expect(found(await ask(path(other)))).toBe("hit");
    expect(found(await ask(path(place)))).toBe("hit");
  });

  it("is known to an isolate that has looked before within 30 seconds, and to one that has not at once", async () => {
    await ask(path(place));
    // Another isolate's purge: a mark that this one has not written.
    const now = Date.now();
    await purge({ sources: [`${place}-model`] });
    const [mark] = (await bindings.PICTURES.list({ prefix: "purges/" })).objects;
    expect(mark?.key).toMatch(/^purges\/[0-9a-f]{64}$/);
    const { purgeKey } = await import("../storage/keys.ts");
    await bindings.PICTURES.put(await purgeKey("source", place), "", {
      customMetadata: { at: `${now + 1}` },
    });
    expect(found(await ask(path(place)))).toBe("hit");
    vi.spyOn(Date, "now").mockReturnValue(now + 30_500);
    expect(found(await ask(path(place)))).toBe("miss");
  });

  it("stays known while the storage is away", async () => {
    const first = await ask(path(place));
    await purge({ sources: [place] });
    const away = new Proxy(bindings.PICTURES, {
      get: () => () => Promise.reject(new Error("R2 is away")),
    });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 31_000);
    const answer = await ask(path(place), { env: { PICTURES: away } });
    expect(answer.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
  });
});
