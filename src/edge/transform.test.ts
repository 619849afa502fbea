import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../tests/fixtures/pictures/files.ts";
import { pixelAt } from "../../tests/fixtures/pictures/picture.ts";
import { ADMIN_SECRET } from "../../tests/support/admin-secret.ts";
import { ask, bindings, found, inferences, uncache, upload } from "../../tests/support/workerd/ask.ts";
import { KEYS } from "../../tests/support/workerd/keys.ts";
import { encodeSrgb, srgb } from "./image/colour/transfer.ts";
import { decode, type Pixels } from "./image/index.ts";
import { probe } from "./source/probe.ts";

const HOST = "https://photos.example.com";
let seed = 1000;
/** A picture that no other test has asked for. */
const fresh = (query = "") => `${HOST}/png?seed=${seed++}${query}`;
/** An origin is asked at every request, whatever it answered last. */
const soon = { env: { SOURCE_TTL: "0", SOURCE_STALE_WHILE_REVALIDATE: "0", SOURCE_ERROR_TTL: "0" } };
const path = (options: string, source: string) =>
  `/image/style=handdrawn${options && `,${options}`}/${source}`;

/** How often the network draws while something is done. */
async function drawings(work: () => Promise<unknown>): Promise<number> {
  const before = await inferences();
  await work();
  return (await inferences()) - before;
}

async function pixels(answer: { bytes: Uint8Array; status: number }): Promise<Pixels> {
  expect(answer.status).toBe(200);
  const probed = probe(answer.bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(answer.bytes, probed, { longSide: 4096 });
}

/** The storage, whose objects under the prefix break off while they are read. */
const breakingOff = (prefix: string) =>
  new Proxy(bindings.PICTURES, {
    get(bucket, name) {
      if (name !== "get") return Reflect.get(bucket, name).bind(bucket);
      return async (key: string) => {
        const object = await bucket.get(key);
        if (!key.startsWith(prefix) || !object) return object;
        const lost = () => Promise.reject(new Error("Network connection lost."));
        return { ...object, arrayBuffer: lost, bytes: lost, json: lost };
      };
    },
  });

beforeEach(reset);

describe("a picture is drawn once", () => {
  it("and then served from where it is stored, with the same bytes and tag", async () => {
    const source = fresh();
    const first = await ask(path("width=40", source));
    expect(found(first)).toBe("miss");
    expect(first.headers.get("Server-Timing")).toMatch(/infer;dur=.*encode;dur=/);
    expect(await drawings(async () => expect(found(await ask(path("width=40", source)))).toBe("hit"))).toBe(
      0,
    );
    const again = await ask(path("width=40", source));
    expect(again.bytes).toEqual(first.bytes);
    expect(again.headers.get("ETag")).toBe(first.headers.get("ETag"));
  });

  it("whatever is made of it: width, height, fit, format, quality, strength", async () => {
    const source = fresh();
    await ask(path("", source));
    const options = [
      "width=32",
      "height=20",
      "width=32,height=32,fit=cover",
      "format=webp",
      "quality=30",
      "strength=0.4",
    ];
    const count = await drawings(async () => {
      for (const option of options) expect(found(await ask(path(option, source))), option).toBe("master");
    });
    expect(count).toBe(0);
  });

  it("for a URL, its percent-encoded form, and another URL or an upload with the same bytes", async () => {
    const source = fresh();
    await ask(path("", source));
    const body = new Uint8Array(await (await fetch(source)).arrayBuffer());
    const id = await upload(body);
    const count = await drawings(async () => {
      expect((await ask(path("", encodeURIComponent(source)))).status).toBe(200);
      expect((await ask(path("", `${source}&other=1`))).status).toBe(200);
      expect((await ask(path("", `upload:${id}`))).status).toBe(200);
    });
    expect(count).toBe(0);
  });

  it("and again where its stored pictures were lost", async () => {
    const id = await upload(readPicture("rgb.png"));
    const first = await ask(path("format=png", `upload:${id}`));
    await uncache(first);
    for (const prefix of ["masters/", "variants/"]) {
      const { objects } = await bindings.PICTURES.list({ prefix });
      await bindings.PICTURES.delete(objects.map(({ key }) => key));
    }
    const count = await drawings(async () => {
      expect((await ask(path("format=png", `upload:${id}`))).bytes).toEqual(first.bytes);
    });
    expect(count).toBe(1);
  });

  it.each(["masters/", "variants/"])("even if reading %s breaks off", async (prefix) => {
    const url = path("width=40,format=png", fresh());
    const first = await ask(url);
    const key = await uncache(first);
    if (prefix === "masters/") await bindings.PICTURES.delete(key);
    const before = await bindings.PICTURES.list();
    const second = await ask(url, { env: { PICTURES: breakingOff(prefix) } });
    expect(second.status).toBe(200);
    expect(second.bytes).toEqual(first.bytes);
    const after = await bindings.PICTURES.list();
    expect(after.objects.map(({ key }) => key)).toEqual(
      expect.arrayContaining(before.objects.map(({ key }) => key)),
    );
  });

  it("and again where its stored master is broken", async () => {
    const id = await upload(readPicture("rgb.png"));
    await ask(path("width=40", `upload:${id}`));
    const { objects } = await bindings.PICTURES.list({ prefix: "masters/" });
    const [master] = objects;
    if (!master) throw new Error("no master is stored");
    const file = await (await bindings.PICTURES.get(master.key))?.bytes();
    await bindings.PICTURES.put(master.key, file?.subarray(0, file.length / 2) ?? "");
    expect((await ask(path("width=41", `upload:${id}`))).status).toBe(200);
    expect(found(await ask(path("width=42", `upload:${id}`)))).toBe("master");
  });
});

describe("a machine short of memory", () => {
  beforeEach(() => () => void vi.unstubAllGlobals());
  const runOut = () =>
    vi.stubGlobal("DecompressionStream", function withoutMemory() {
      throw new RangeError("Array buffer allocation failed");
    });

  it("answers that it is, and keeps the stored master that it cannot read", async () => {
    const source = fresh();
    await ask(path("width=40", source));
    runOut();
    const answer = await ask(path("width=41", source));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "overloaded" });
    vi.unstubAllGlobals();
    expect(found(await ask(path("width=41", source)))).toBe("master");
  });

  it("says so to those who wait, too", async () => {
    const source = fresh();
    runOut();
    const answers = await Promise.all([1, 2, 3].map(() => ask(path("", source))));
    for (const answer of answers) expect(await answer.json()).toMatchObject({ code: "overloaded" });
    vi.unstubAllGlobals();
    expect(found(await ask(path("", source)))).toBe("miss");
  });
});

describe("a source", () => {
  it("keeps its query as it is", async () => {
    const key = `query-${seed++}`;
    const query = `/echo/${key}?a=b%20c&d=https://e.example/f,g=h`;
    for (const source of [HOST + query, encodeURIComponent(HOST + query)]) {
      expect((await ask(path("width=40", source))).status).toBe(200);
    }
    const asked = await (await fetch(`${HOST}/log/${key}`)).json<{ url: string }[]>();
    expect(asked.map(({ url }) => url)).toEqual([query]);
  });

  describe("whose picture changes", () => {
    let place: string;
    const put = async (body: ArrayBuffer | string) => void (await fetch(place, { method: "PUT", body }));
    const another = async () => (await fetch(fresh())).arrayBuffer();

    beforeEach(async () => {
      place = `${HOST}/place/${seed++}`;
      await put(await another());
    });

    it("is not asked for before its time", async () => {
      const first = await ask(path("", place));
      await put(await another());
      const second = await ask(path("", place));
      expect(found(second)).toBe("hit");
      expect(second.headers.get("ETag")).toBe(first.headers.get("ETag"));
    });

    it("is drawn anew at once where SOURCE_TTL is 0", async () => {
      const first = await ask(path("", place), soon);
      await put(await another());
      const second = await ask(path("", place), soon);
      expect(found(second)).toBe("miss");
      expect(second.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
    });

    it.each(["500", "503", "408", "425", "429"])(
      "is shown as it was while its origin says %s, and says so",
      async (status) => {
        const first = await ask(path("", place), soon);
        await put(`status ${status}`);
        const second = await ask(path("", place), soon);
        expect(second.status).toBe(200);
        expect(second.bytes).toEqual(first.bytes);
        expect(second.headers.get("Server-Timing")).toContain("stale");
        expect((await ask(path("width=40", place), soon)).status).toBe(200);
      },
    );

    it.each([
      ["says that it is gone", "status 410", 404],
      ["refuses it", "status 403", 403],
      ["must not give it", "status 451", 403],
      ["gives something else", "<html>It was taken down.</html>", 415],
    ])("is gone when its origin %s, and stays gone when that falls silent", async (_, answer, status) => {
      await ask(path("", place), soon);
      await put(answer);
      expect((await ask(path("", place), soon)).status).toBe(status);
      await put("status 503");
      expect((await ask(path("", place), soon)).status).toBe(502);
    });
  });

  it("is asked for without anything of the client's", async () => {
    const key = `clean-${seed++}`;
    const answer = await ask(path("", `${HOST}/echo/${key}`), {
      headers: {
        Cookie: "session=1",
        Authorization: `Bearer ${ADMIN_SECRET}`,
        "X-Forwarded-For": "192.0.2.1",
        Referer: "https://a.example/",
      },
      env: KEYS,
    });
    expect(answer.status).toBe(200);
    const [headers] = await (await fetch(`${HOST}/log/${key}`)).json<Record<string, string>[]>();
    expect(Object.keys(headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:cookie|authorization|x-forwarded-for|referer)$/)]),
    );
    expect(headers?.via).toBe("1.1 stylegate");
  });
});

describe("the answer", () => {
  it("can be kept, and asked about", async () => {
    const url = path("width=40", fresh());
    const answer = await ask(url);
    const etag = answer.headers.get("ETag") ?? "";
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/); // strong
    expect(answer.headers.get("Cache-Control")).toMatch(/^public, max-age=\d+, stale-while-revalidate=3600$/);
    expect(answer.headers.get("Vary")).toContain("Accept");
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const unchanged = await ask(url, { headers: { "If-None-Match": condition } });
      expect(unchanged.status).toBe(304);
      expect(unchanged.bytes).toHaveLength(0);
      expect(unchanged.headers.get("ETag")).toBe(etag);
    }
    expect((await ask(url, { headers: { "If-None-Match": '"other"' } })).status).toBe(200);
  });

  it("to HEAD is the answer to GET without its body", async () => {
    const url = path("width=40,format=jpeg", fresh());
    const get = await ask(url);
    const head = await ask(url, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.bytes).toHaveLength(0);
    for (const name of ["Content-Type", "Content-Length", "ETag", "Cache-Control"]) {
      expect(head.headers.get(name), name).toBe(get.headers.get(name));
    }
    expect(Number(get.headers.get("Content-Length"))).toBe(get.bytes.length);
  });

  it("to HEAD of a picture that is not drawn yet is all that can be said without drawing", async () => {
    const url = path("width=40,format=jpeg", fresh());
    expect(await drawings(async () => expect((await ask(url, { method: "HEAD" })).status).toBe(200))).toBe(0);
    const head = await ask(url, { method: "HEAD" });
    expect(found(head)).toBe("miss");
    expect(head.headers.get("Content-Length")).toBeNull();
    const get = await ask(url);
    for (const name of ["Content-Type", "ETag", "Cache-Control", "Accept-Ranges", "Content-Disposition"]) {
      expect(head.headers.get(name), name).toBe(get.headers.get(name));
    }
    await uncache(get);
    const stored = await ask(url, { method: "HEAD" });
    expect(Number(stored.headers.get("Content-Length"))).toBe(get.bytes.length);
    expect((await ask(path("", `${HOST}/status/404?${seed++}`), { method: "HEAD" })).status).toBe(404);
  });

  it("to If-None-Match: * is a picture that was not there", async () => {
    const url = path("width=40", fresh());
    const answer = await ask(url, { headers: { "If-None-Match": "*" } });
    expect(answer.status).toBe(304);
    expect(found(await ask(url))).toBe("hit"); // it has been drawn: only then can it be said not to have changed
    expect(
      (await ask(path("", `${HOST}/status/404?${seed++}`), { headers: { "If-None-Match": "*" } })).status,
    ).toBe(404);
  });

  describe("to a range", () => {
    const ranged = async (range: string, headers: Record<string, string> = {}) => {
      const url = path("width=40,format=png", `${HOST}/png?seed=1`);
      const whole = await ask(url);
      const part = await ask(url, { headers: { Range: range, ...headers } });
      return { whole, part, length: whole.bytes.length };
    };

    it.each([
      ["bytes=0-9", 0, 10],
      ["bytes=10-", 10, undefined],
      ["bytes=-7", -7, undefined],
      ["bytes=0-", 0, undefined],
    ])("%s is those bytes", async (range, start, end) => {
      const { whole, part, length } = await ranged(range);
      expect(part.status).toBe(206);
      expect(part.bytes).toEqual(whole.bytes.slice(start, end));
      const first = start < 0 ? length + start : start;
      expect(part.headers.get("Content-Range")).toBe(`bytes ${first}-${(end ?? length) - 1}/${length}`);
      expect(Number(part.headers.get("Content-Length"))).toBe(part.bytes.length);
      for (const name of ["ETag", "Content-Type", "Cache-Control", "Vary"]) {
        expect(part.headers.get(name), name).toBe(whole.headers.get(name));
      }
    });

    it.each([
      ["bytes=0-1,2-3"],
      [`bytes=${Array.from({ length: 500 }, (_, at) => `${at}-`).join(",")}`],
      ["lines=0-1"],
      ["bytes=9-1"],
    ])("%s is the whole", async (range) => {
      const { whole, part } = await ranged(range);
      expect(part.status).toBe(200);
      expect(part.bytes).toEqual(whole.bytes);
      expect(part.headers.get("Accept-Ranges")).toBe("bytes");
    });

    it("beyond its end is refused with its length", async () => {
      const { part, length } = await ranged("bytes=9999999-");
      expect(part.status).toBe(416);
      expect(part.headers.get("Content-Range")).toBe(`bytes */${length}`);
    });

    it("of another picture than the one that is there is the whole", async () => {
      const { whole, part } = await ranged("bytes=0-9", { "If-Range": '"other"' });
      expect(part.status).toBe(200);
      expect(part.bytes).toEqual(whole.bytes);
      const etag = whole.headers.get("ETag") ?? "";
      expect((await ranged("bytes=0-9", { "If-Range": etag })).part.status).toBe(206);
      expect((await ranged("bytes=0-9", { "If-Range": `W/${etag}` })).part.status).toBe(200);
    });

    it("that has not changed is not sent", async () => {
      const { whole } = await ranged("bytes=0-9");
      const condition = { "If-None-Match": whole.headers.get("ETag") ?? "" };
      expect((await ranged("bytes=0-9", condition)).part.status).toBe(304);
    });

    it("is drawn like any other, and HEAD does not know of ranges", async () => {
      const url = path("width=40,format=png", fresh());
      const first = await ask(url, { headers: { Range: "bytes=0-9" } });
      expect(found(first)).toBe("miss");
      expect(first.status).toBe(206);
      expect((await ask(url)).status).toBe(200); // what is cached is the whole
      expect((await ask(url, { method: "HEAD", headers: { Range: "bytes=0-9" } })).status).toBe(200);
    });
  });

  it("depends on no header that is not part of its name, and on Accept by its formats alone", async () => {
    const source = fresh();
    const accept = "image/webp,*/*;q=0.8";
    const plain = await ask(path("width=40", source), { headers: { Accept: accept } });
    const noise: Record<string, string>[] = [
      { "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", Forwarded: "host=evil.example" },
      { "X-Original-URL": "/image/style=x/y", "X-Rewrite-URL": "/", "X-HTTP-Method-Override": "DELETE" },
      { DPR: "3", "Sec-CH-DPR": "3", Width: "20", "Viewport-Width": "20", "Save-Data": "on" },
      { Cookie: "session=1" },
      { Authorization: "Bearer someone's" },
      {
        "Accept-Language": "de",
        "Accept-Encoding": "br",
        "User-Agent": "curl/8",
        Referer: "https://a.example/",
      },
      { Accept: "text/html;level=1, image/webp ; q=1.0, */*;q=0.1, x/y;q=2" },
      { Origin: "https://a.example", "Sec-Fetch-Dest": "document" },
      { "Cache-Control": "no-cache", Pragma: "no-cache" },
    ];
    for (const headers of noise) {
      const answer = await ask(path("width=40", source), { headers: { Accept: accept, ...headers } });
      expect(found(answer), JSON.stringify(headers)).toBe("hit");
      expect(answer.bytes).toEqual(plain.bytes);
      for (const name of ["ETag", "Content-Type", "Cache-Control", "Location", "Set-Cookie"]) {
        expect(answer.headers.get(name), `${name} with ${JSON.stringify(headers)}`).toBe(
          plain.headers.get(name),
        );
      }
      expect([...answer.headers].join()).not.toContain("evil.example");
    }
  });

  it.each([
    ["image/avif,image/webp,*/*", "webp"],
    ["image/avif,*/*", "avif"],
    ["*/*", "jpeg"],
    ["image/png", "png"],
  ])("to Accept: %s is a %s, each with its own tag", async (accept, format) => {
    const source = fresh();
    const answer = await ask(path("", source), { headers: { Accept: accept } });
    expect(answer.headers.get("Content-Type")).toBe(`image/${format}`);
    const explicit = await ask(path(`format=${format}`, source));
    expect(explicit.headers.get("ETag")).toBe(answer.headers.get("ETag"));
    expect(explicit.headers.get("Vary") ?? "").not.toContain("Accept");
    const other = await ask(path("", source), {
      headers: { Accept: format === "png" ? "*/*" : "image/png" },
    });
    expect(other.headers.get("ETag")).not.toBe(answer.headers.get("ETag"));
  });

  it("runs nothing in a browser that opens it", async () => {
    const answer = await ask(path("", fresh()));
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(answer.headers.get("Content-Security-Policy")).toBe("default-src 'none'; sandbox");
    expect(answer.headers.get("Content-Disposition")).toMatch(/^inline; filename="handdrawn\.\w+"$/);
  });
});

describe("the picture", () => {
  it.each([
    ["", 96, 64],
    ["width=48", 48, 32],
    ["height=32", 48, 32],
    ["width=2048", 96, 64], // scale-down never enlarges
    ["width=192,fit=contain", 192, 128],
    ["width=40,height=40,fit=cover", 40, 40],
    ["width=40,height=40,fit=crop", 40, 40],
    ["width=40,height=40,fit=pad", 40, 40],
    ["width=40,height=40", 40, 27],
  ])("with %s has %i × %i pixels", async (options, width, height) => {
    const answer = await ask(path(`${options}${options && ","}format=png`, `${HOST}/png?seed=1`));
    expect(await pixels(answer)).toMatchObject({ width, height });
  });

  it.each([
    ["width=1200,height=1000,fit=cover,format=avif", "", 400],
    ["width=1200,height=1000,fit=cover,format=webp", "&alpha", 400],
    ["width=1200,height=1000,fit=pad,format=webp", "", 400], // its bars are transparent
    ["width=1200,height=1000,fit=cover,format=webp", "", "image/webp"],
    ["width=1200,height=1000,fit=pad,format=png", "&alpha", "image/png"],
    ["width=1000,height=1000,fit=cover", "&alpha", "image/avif"],
    ["width=1200,height=1000,fit=cover", "", "image/webp"],
    ["width=1200,height=1000,fit=cover", "&alpha", "image/png"],
  ])("with %s of a picture%s is given as %s", async (options, alpha, expected) => {
    const answer = await ask(path(options, `${HOST}/png?seed=1${alpha}`), {
      headers: { Accept: "image/avif,image/webp;q=0.9,*/*;q=0.8" },
    });
    if (expected === 400) {
      expect(await answer.json()).toMatchObject({
        code: "invalid_option",
        detail: expect.stringMatching(/"width" and "height" may ask for 1048576 pixels as (?:avif|webp)/),
      });
    } else {
      expect(answer.headers.get("Content-Type")).toBe(expected);
      expect(answer.bytes.length).toBeGreaterThan(1000);
    }
  });

  it("is enlarged as far as its format has room, where the options leave that to the picture", async () => {
    const source = `${HOST}/png?seed=1`;
    const large = await pixels(await ask(path("width=2048,fit=contain,format=png", source)));
    expect(large).toMatchObject({ width: 1774, height: 1182 });
    for (const box of ["width=2048", "width=2048,height=2048"]) {
      const avif = await ask(path(`${box},fit=contain,format=avif`, source));
      const text = new TextDecoder("latin1").decode(avif.bytes);
      const size = avif.bytes.subarray(text.indexOf("ispe") + 8, text.indexOf("ispe") + 16);
      expect([...size]).toEqual([0, 0, 1254 >> 8, 1254 & 255, 0, 0, 836 >> 8, 836 & 255]);
    }
  });

  it("is drawn at most at the working size, and given at its own", async () => {
    const source = fresh("&width=300&height=150");
    const env = { WORKING_SIZE: "100" };
    const answer = await ask(path("format=jpeg", source), { env });
    expect(await pixels(answer)).toMatchObject({ width: 300, height: 150 });
    const { drawn } = JSON.parse(
      new TextDecoder().decode((await ask(path("format=json", source), { env })).bytes),
    );
    expect(drawn).toEqual({ width: 100, height: 50 });
  });

  it("is not drawn at strength 0", async () => {
    const source = fresh();
    const undrawn = await drawings(async () => {
      expect(found(await ask(path("strength=0,width=48", source)))).toBe("miss");
      expect(found(await ask(path("strength=0,width=48", source)))).toBe("hit");
    });
    expect(undrawn).toBe(0);
    expect(await drawings(() => ask(path("strength=0.01,width=48", source)))).toBe(1);
  });

  it("is the photo at strength 0, the drawing at 1, and halfway at 0.5", async () => {
    const source = fresh();
    const [photo, drawing, half] = await Promise.all(
      ["0", "1", "0.5"].map(async (strength) =>
        pixels(await ask(path(`strength=${strength},format=png`, source))),
      ),
    );
    const original = await pixels({
      bytes: new Uint8Array(await (await fetch(source)).arrayBuffer()),
      status: 200,
    });
    if (!photo || !drawing || !half) throw new Error("no pictures");
    expect(photo.data).toEqual(original.data);
    expect(drawing.data).not.toEqual(photo.data);
    for (const [x, y] of [
      [5, 5],
      [50, 30],
      [90, 60],
    ] as const) {
      const [p = 0, d = 0, h = 0] = [photo, drawing, half].map((picture) => pixelAt(picture, x, y)[0]);
      const light = (srgb(p / 255) + srgb(d / 255)) / 2;
      expect(Math.abs(h - encodeSrgb(light))).toBeLessThanOrEqual(1);
    }
  });

  it("keeps transparency in PNG and WebP, and stands on white in JPEG", async () => {
    const source = `${HOST}/png?seed=1&alpha`;
    for (const format of ["png", "webp"]) {
      const drawn = await pixels(await ask(path(`format=${format}`, source)));
      expect(pixelAt(drawn, 2, 30)[3]).toBeGreaterThan(240);
      expect(pixelAt(drawn, 94, 30)[3]).toBeLessThan(12);
    }
    const [red, green, blue] = pixelAt(await pixels(await ask(path("format=jpeg", source))), 95, 30);
    expect(Math.min(red ?? 0, green ?? 0, blue ?? 0)).toBeGreaterThan(235);
    expect((await ask(path("", source))).headers.get("Content-Type")).toBe("image/png");
  });

  it("is upright, and says nothing of who took it where", async () => {
    for (const name of ["exif-6.jpg", "exif-6.png", "exif-6.webp"] as const) {
      const id = await upload(readPicture(name));
      for (const format of ["jpeg", "png", "webp"]) {
        const answer = await ask(path(`format=${format},strength=0`, `upload:${id}`));
        const upright = await pixels(answer);
        expect([upright.width, upright.height]).toEqual([48, 64]);
        const text = String.fromCharCode(...answer.bytes);
        expect(text).not.toMatch(/Exif|eXIf|EXIF|ICCP|iCCP|XMP |tEXt/);
      }
    }
  });

  it("says that it was made by generative AI, unless it is the photo or shall not", async () => {
    const source = fresh();
    const term = "digitalsourcetype/compositeWithTrainedAlgorithmicMedia";
    for (const format of ["jpeg", "png", "webp", "avif"]) {
      const textOf = async (options: string) =>
        new TextDecoder().decode((await ask(path(`format=${format}${options}`, source))).bytes);
      expect(await textOf(""), format).toContain(term);
      expect(await textOf(",strength=0.01"), format).toContain(term);
      expect(await textOf(",strength=0"), format).not.toContain(term);
      expect(await textOf(",metadata=none"), format).not.toContain(term);
    }
  });

  it.each([
    ["animated.png", 64, 48],
    ["animated.gif", 64, 48],
    ["alpha.avif", 64, 48],
    ["tiled-turned.heic", 112, 160],
    ["animated-lossy.webp", 64, 48],
    ["animated-offset.webp", 80, 60],
  ] as const)(
    "is made of every format, of an animation from its first frame (%s)",
    async (name, width, height) => {
      const answer = await ask(path("format=png", `upload:${await upload(readPicture(name))}`));
      expect(await pixels(answer)).toMatchObject({ width, height });
    },
  );
});
