import { createExecutionContext, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, bindings, found, inferences, upload } from "../../../tests/support/workerd/ask.ts";
import { app } from "../app.ts";
import type { Bindings } from "../bindings.ts";

const HOST = "https://photos.example.com";
const path = (source: string, options = "") => `/image/style=handdrawn,format=png${options}/${source}`;
const isStale = (answer: Response) => answer.headers.get("Server-Timing")?.includes("stale");
let seed = 7000;
let key: string;
let place: string;

beforeEach(async () => {
  await reset();
  key = `resolve-${seed++}`;
  place = `${HOST}/place/${key}`;
});
afterEach(() => vi.restoreAllMocks());

/** Puts a picture, or what else the origin is to answer, with its headers. */
async function put(body: BodyInit, headers: Record<string, string> = {}) {
  await fetch(place, { method: "PUT", body, headers: { "X-Headers": JSON.stringify(headers) } });
}
const picture = async (number = seed++) => (await fetch(`${HOST}/png?seed=${number}`)).arrayBuffer();

/** How often the origin was asked for the place, and with what. */
async function asked(): Promise<Record<string, string>[]> {
  const log = await (await fetch(`${HOST}/log/${key}`)).json<Record<string, string>[]>();
  return log.filter(({ method }) => method === "GET");
}

function pass(seconds: number) {
  const then = Date.now() + seconds * 1000;
  vi.spyOn(Date, "now").mockReturnValue(then);
}

describe("an origin is not asked while its answer holds", () => {
  it.each<[Record<string, string>, number]>([
    [{ "Cache-Control": "max-age=300" }, 300],
    [{ "Cache-Control": "max-age=300", Age: "100" }, 200],
    [{ Expires: "Wed, 25 Nov 2026 10:05:00 GMT", Date: "Wed, 25 Nov 2026 10:00:00 GMT" }, 300],
    [{ "Cache-Control": "no-store" }, 60],
    [{}, 3600],
  ])("with %j", async (headers, seconds) => {
    await put(await picture(), headers);
    const first = await ask(path(place));
    expect(first.headers.get("Cache-Control")).toContain(`max-age=${seconds},`);
    pass(seconds - 2);
    expect(isStale(await ask(path(place)))).toBe(false);
    expect(await asked()).toHaveLength(1);
    pass(4);
    await ask(path(place));
    expect(await asked()).toHaveLength(2);
  });
});

describe("an origin whose answer holds no longer", () => {
  it("is asked with what it gave, and keeps its picture for 304", async () => {
    const modified = "Tue, 24 Nov 2026 10:00:00 GMT";
    await put(await picture(), { ETag: '"one"', "Last-Modified": modified, "Cache-Control": "max-age=100" });
    const first = await ask(path(place));
    pass(101);
    await put("status 304", { "Cache-Control": "max-age=500" });
    await ask(path(place)); // which asks behind its answer
    expect((await asked()).at(-1)).toMatchObject({ "if-none-match": '"one"', "if-modified-since": modified });
    const second = await ask(path(place));
    expect(found(second)).toBe("hit");
    expect(isStale(second)).toBe(false);
    expect(second.headers.get("ETag")).toBe(first.headers.get("ETag"));
    expect(second.headers.get("Cache-Control")).toContain("max-age=500,");
  });

  it("is asked behind the old picture, and the new one is drawn before anybody waits for it", async () => {
    await put(await picture(), { "Cache-Control": "max-age=100" });
    const first = await ask(path(place));
    await put(await picture(), { "Cache-Control": "max-age=100" });
    pass(101);
    const second = await ask(path(place));
    expect(found(second)).toBe("hit");
    expect(isStale(second)).toBe(true);
    expect(second.bytes).toEqual(first.bytes);
    expect(second.headers.get("Cache-Control")).toMatch(
      /^public, max-age=60, stale-while-revalidate=35[34]\d$/,
    );
    expect(second.headers.get("Server-Timing")).not.toMatch(/source|wait|store/); // which is done behind it
    const drawn = await inferences();
    const third = await ask(path(place));
    expect(found(third)).toBe("hit");
    expect(isStale(third)).toBe(false);
    expect(third.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
    expect(await inferences()).toBe(drawn);
  });

  it("is asked once, however many are answered meanwhile", async () => {
    await put(await picture(), { "Cache-Control": "max-age=100" });
    await ask(path(place));
    pass(101);
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(path(place))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await asked()).toHaveLength(2);
  });

  it("is asked once where neither the picture nor its master is stored, which takes its bytes anyway", async () => {
    await put(await picture(), { "Cache-Control": "max-age=100" });
    await ask(path(place));
    for (const { key } of (await bindings.PICTURES.list({ prefix: "masters/" })).objects) {
      await bindings.PICTURES.delete(key);
    }
    pass(101);
    const second = await ask(path(place, ",width=40"));
    expect(found(second)).toBe("miss");
    expect(isStale(second)).toBe(false);
    expect(await asked()).toHaveLength(2);
  });

  it("is asked again where asking behind an answer was cut off", async () => {
    await put(await picture(), { "Cache-Control": "max-age=100" });
    await ask(path(place));
    pass(101);
    const boarded = Promise.withResolvers<void>();
    const board = () => {
      boarded.resolve();
      return new Promise(() => {});
    };
    const flights = { getByName: () => ({ board }) };
    const hanging = { ...bindings, SINGLE_FLIGHT: flights as unknown as Bindings["SINGLE_FLIGHT"] };
    const request = new Request(`https://stylegate.localhost${path(place)}`);
    await app.fetch(request, hanging, createExecutionContext());
    await boarded.promise;
    await ask(path(place));
    expect(await asked()).toHaveLength(1);
    pass(31);
    await ask(path(place));
    expect(await asked()).toHaveLength(2);
  });

  it.each([
    ["max-age=100, stale-while-revalidate=50", 151],
    ["max-age=100, must-revalidate", 101],
    ["max-age=100", 3701],
  ])("is asked before the answer where %s is over", async (cacheControl, seconds) => {
    await put(await picture(), { "Cache-Control": cacheControl });
    const first = await ask(path(place));
    await put(await picture());
    pass(seconds);
    const second = await ask(path(place));
    expect(found(second)).toBe("miss");
    expect(second.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
  });
});

describe("caches outside may show a picture, while they ask, as long as its origin lets us", () => {
  it.each([
    ["max-age=300", 3600],
    ["max-age=300, stale-while-revalidate=50", 50],
    ["max-age=300, must-revalidate", 0],
    ["max-age=300, s-maxage=300", 0],
    ["no-store", 0],
    ["no-cache", 0],
    ["private", 0],
  ])("%s: %d seconds", async (cacheControl, seconds) => {
    await put(await picture(), { "Cache-Control": cacheControl });
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now);
    const answer = await ask(path(place));
    expect(answer.headers.get("Cache-Control")).toMatch(
      new RegExp(`^public, max-age=\\d+, stale-while-revalidate=${seconds}$`),
    );
  });

  it("and the operator, who bounds uploads too", async () => {
    const env = { CACHE_MAX_AGE: "200" };
    const id = await upload(new Uint8Array(await picture()));
    for (const source of [`upload:${id}`, place]) {
      await put(await picture());
      const answer = await ask(path(source), { env });
      expect(answer.headers.get("Cache-Control")).toBe("public, max-age=200, stale-while-revalidate=200");
    }
  });
});

describe("while an origin is in trouble, the old picture is shown", () => {
  const soon = { env: { SOURCE_STALE_WHILE_REVALIDATE: "0" } };

  it.each([
    ["max-age=100", 604_800],
    ["max-age=100, stale-if-error=1000", 1000],
    ["max-age=100, must-revalidate", 0],
  ])("with %s for %d seconds", async (cacheControl, seconds) => {
    await put(await picture(), { "Cache-Control": cacheControl });
    const first = await ask(path(place), soon);
    await put("status 500");
    if (seconds > 0) {
      pass(100 + seconds - 5);
      const stale = await ask(path(place), soon);
      expect(stale.bytes).toEqual(first.bytes);
      expect(isStale(stale)).toBe(true);
    }
    pass(seconds > 0 ? 60 : 101);
    expect(await (await ask(path(place), soon)).json()).toMatchObject({ code: "source_status" });
  });

  it("and it is asked again after SOURCE_ERROR_TTL seconds, no sooner", async () => {
    await put(await picture(), { "Cache-Control": "max-age=100" });
    await ask(path(place), soon);
    await put("status 503");
    pass(101);
    for (let times = 0; times < 3; times++) expect((await ask(path(place), soon)).status).toBe(200);
    expect(await asked()).toHaveLength(2);
    await put(await picture());
    pass(11);
    expect(isStale(await ask(path(place), soon))).toBe(false);
    expect(await asked()).toHaveLength(3);
  });
});

describe("a source that fails", () => {
  it.each([
    ["status 404", "source_not_found"],
    ["status 403", "source_refused"],
    ["status 500", "source_status"],
    ["<html>", "unsupported_format"],
  ])("with %s is asked again after seconds, and its failure is its own", async (body, code) => {
    await put(body);
    for (let times = 0; times < 3; times++) {
      const answer = await ask(path(place));
      expect(await answer.json()).toMatchObject({ code });
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    }
    expect(await asked()).toHaveLength(1);
    for (const other of [`${place}?x`, place.toUpperCase().replace("HTTPS", "https"), `${place}/`]) {
      await ask(path(other));
    }
    expect((await ask(path(`${HOST}/png?seed=1`))).status).toBe(200);
    await put(await picture());
    pass(11);
    expect((await ask(path(place))).status).toBe(200);
  });

  it("because its bytes cannot be decoded is not asked for them again either", async () => {
    await put(readPicture("rgb.png").slice(0, -60));
    for (let times = 0; times < 3; times++) {
      expect(await (await ask(path(place))).json()).toMatchObject({ code: "corrupt_picture" });
    }
    expect(await asked()).toHaveLength(1);
  });

  it("says when to try again where its origin does, within an hour", async () => {
    for (const [header, expected] of [
      ["120", "120"],
      ["999999", "3600"],
      ["Wed, 25 Nov 2026 10:05:00 GMT", null],
      ["-1", null],
    ] as const) {
      key = `retry-${seed++}`;
      place = `${HOST}/place/${key}`;
      await put("status 503", { "Retry-After": header });
      expect((await ask(path(place))).headers.get("Retry-After")).toBe(expected);
    }
  });

  it("is remembered in the data centre, whatever isolate asks", async () => {
    await put("status 404");
    await ask(path(place));
    const hash = (await bindings.PICTURES.list()).objects;
    expect(hash).toEqual([]); // nothing is stored for it
    const keys: string[] = [];
    const { match } = caches.default;
    vi.spyOn(caches.default, "match").mockImplementation((request) => {
      keys.push(String(request));
      return match.call(caches.default, request);
    });
    await ask(path(`${place}?another`));
    expect(keys.filter((url) => url.startsWith("https://stylegate.invalid/failures/sources/"))).toHaveLength(
      1,
    );
  });
});

describe("r2:{bucket}/{key}", () => {
  const env = { SOURCE_BUCKETS: "photos/public=PHOTOS" };
  const { PHOTOS } = bindings as Bindings & { PHOTOS: R2Bucket };
  let source: string;
  let stored: string;
  beforeEach(() => {
    source = `r2:photos/public/me%20and%20${seed}.png`;
    stored = `public/me and ${seed++}.png`;
  });

  it("is drawn like any other source, and the same bytes from elsewhere are the same picture", async () => {
    const bytes = await picture();
    await PHOTOS.put(stored, bytes);
    const first = await ask(path(source), { env });
    expect(first.status).toBe(200);
    expect(found(first)).toBe("miss");
    await put(bytes);
    const other = await ask(path(place), { env });
    expect(found(other)).toBe("hit");
    expect(other.headers.get("ETag")).toBe(first.headers.get("ETag"));
    expect(found(await ask(path(encodeURIComponent(`r2:photos/${stored}`)), { env }))).toBe("hit");
  });

  it("is read once while it holds, and asked about by its ETag then", async () => {
    await PHOTOS.put(stored, await picture(), { httpMetadata: { cacheControl: "max-age=100" } });
    const get = vi.fn((...args: Parameters<R2Bucket["get"]>) => PHOTOS.get(...args));
    const watched = new Proxy(PHOTOS, {
      get: (bucket, name) => (name === "get" ? get : Reflect.get(bucket, name).bind(bucket)),
    });
    const watching = {
      env: { ...env, PHOTOS: watched, SOURCE_STALE_WHILE_REVALIDATE: "0" } as Partial<Bindings>,
    };
    const first = await ask(path(source), watching);
    await ask(path(source), watching);
    expect(get).toHaveBeenCalledTimes(1);
    pass(101);
    const second = await ask(path(source), watching);
    expect(found(second)).toBe("hit");
    expect(get).toHaveBeenLastCalledWith(stored, {
      onlyIf: { etagDoesNotMatch: (await PHOTOS.head(stored))?.etag },
    });
    await PHOTOS.put(stored, await picture());
    pass(101);
    const third = await ask(path(source), watching);
    expect(found(third)).toBe("miss");
    expect(third.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
  });

  it.each([
    ["r2:photos/private/me.png", 403, "source_not_allowed"],
    ["r2:other/public/me.png", 403, "source_not_allowed"],
    ["r2:photos/public/nobody.png", 404, "source_not_found"],
    ["r2:photos/public/page.html", 415, "unsupported_format"],
    ["r2:photos/public/large.png", 413, "source_too_large"],
    ["r2:photos/public/../private/me.png", 403, "source_not_allowed"], // which URL parsers have resolved
    ["r2:photos/public%2f../private/me.png", 400, "invalid_source"],
  ])("%s is %d %s", async (source, status, code) => {
    await PHOTOS.put("private/me.png", await picture());
    await PHOTOS.put("public/page.html", "<html>");
    if (code === "source_too_large") await PHOTOS.put("public/large.png", new Uint8Array(31 * 1024 * 1024));
    const answer = await ask(path(source), { env });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it("is gone once the object is", async () => {
    await PHOTOS.put(stored, await picture());
    await ask(path(source), { env });
    await PHOTOS.delete(stored);
    pass(3700);
    await ask(path(source), { env }); // asks behind its answer
    expect((await ask(path(source), { env })).status).toBe(404);
  });

  it.each([
    ["is away", () => Promise.reject(new Error("R2 is away")), 502, "source_unreachable"],
    ["hangs", () => new Promise(() => {}), 504, "source_timeout"],
  ])("fails where its bucket %s", async (_, get, status, code) => {
    const broken = new Proxy(PHOTOS, {
      get: (bucket, name) => (name === "get" ? get : Reflect.get(bucket, name)),
    });
    const answer = await ask(path(source), {
      env: { ...env, PHOTOS: broken, SOURCE_TIMEOUT: "1" } as Partial<Bindings>,
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it("whose binding does not exist is the operator's mistake", async () => {
    const answer = await ask(path("r2:team/a.png"), { env: { SOURCE_BUCKETS: "team=TEAM" } });
    expect(await answer.json()).toMatchObject({ code: "misconfigured" });
  });
});
