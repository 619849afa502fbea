import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import imageLoader from "../examples/next/image-loader.ts";
import { signedImg } from "../examples/signed-img.ts";
import { transform } from "../examples/unpic.ts";
import type { Pixels } from "../src/edge/image/pixels.ts";
import { type Browser, launchBrowser, type Options } from "./support/browser.ts";
import { decodeJpeg, encodeJpeg } from "./support/jpeg.ts";
import { freePorts } from "./support/ports.ts";
import { type Service, startService } from "./support/service.ts";
import { type Site, startSite } from "./support/site.ts";

// Pages that embed pictures, in Chromium, with the service behind them as `npm start` runs it: what is asked, what is answered, what is shown.

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const KEY = { kid: "2026a", key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });
const PATIENCE = { timeout: 120_000 };

let folder: string;
let service: Service;
let serviceUrl: string;
let site: Site;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-negotiation-"));
  site = await startSite(await photo640(), () => serviceUrl);
  const [port, inferencePort] = await freePorts();
  serviceUrl = `http://127.0.0.1:${port}`;
  service = startService({
    PORT: port,
    INFERENCE_PORT: inferencePort,
    STATE_DIR: join(folder, "state"),
    ALLOWED_SOURCES: new URL(site.url).host,
    SIGNING_KEYS: `${KEY.kid}:${KEY.key}`,
    REQUIRE_SIGNATURE: "no",
  });
  browser = await launchBrowser();
  await service.ready;
});

afterAll(async () => {
  await browser?.close();
  service?.process.kill("SIGTERM");
  await service?.ended;
  site?.close();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => context?.close());

/** The sample, enlarged and cut to 640 × 480, so that width and height cannot be mistaken for each other. */
async function photo640(): Promise<Uint8Array> {
  const sample = await decodeJpeg(await readFile(file("src/edge/page/sample.jpg")));
  const photo: Pixels = { width: 640, height: 480, data: new Uint8ClampedArray(640 * 480 * 4) };
  for (let y = 0; y < photo.height; y++) {
    for (let x = 0; x < photo.width; x++) {
      const from = (Math.floor(y * 0.8) * sample.width + Math.floor(x * 0.8)) * 4;
      photo.data.set(sample.data.subarray(from, from + 4), (y * photo.width + x) * 4);
    }
  }
  return encodeJpeg(photo, 90);
}

/** A path that answers a picture of the photo. */
const pictureOf = (options: string, query = "") =>
  `/image/style=handdrawn,${options}/${site.url}/photos/me.jpg${query}`;

/** Has the page show this body in a new window, and waits until it has loaded. */
async function visit(body: string, options: Options = {}) {
  await context?.close();
  context = await browser.open(options);
  context.setDefaultTimeout(PATIENCE.timeout);
  page = await context.newPage();
  await revisit(body);
}

/** The same in the window there is: what is asked of the service is told anew. */
async function revisit(body: string) {
  site.body = body;
  site.wire.length = 0;
  await page.goto(`${site.url}/`);
}

/** What the page shows, once it can be drawn: in CSS pixels as laid out, and in pixels as they are in the file. */
const shown = () =>
  page.evaluate(async () => {
    const image = document.querySelector("img");
    if (!image) throw new Error("the page has no picture");
    await image.decode();
    const file = new Image();
    file.src = image.currentSrc;
    await file.decode();
    const { width, height } = image.getBoundingClientRect();
    return {
      src: image.currentSrc,
      file: [file.naturalWidth, file.naturalHeight],
      natural: [image.naturalWidth, image.naturalHeight],
      laidOut: [width, height],
    };
  });

/** An example with this site's photo, its drawings from this site too. */
async function example(name: string): Promise<string> {
  return localised(await readFile(file(`examples/${name}`), "utf8"));
}

const localised = (html: string) =>
  html
    .replaceAll("https://img.example.com", site.url)
    .replaceAll("https://example.com/", `${site.url}/photos/`);

const WINDOWS: [viewport: number, dpr: number, slot: number, width: number][] = [
  [1280, 1, 320, 320],
  [1280, 2, 320, 640],
  [320, 1, 320, 320],
  [320, 2, 320, 640],
  [240, 1, 240, 320],
  [240, 2, 240, 480],
];

describe.each(WINDOWS)("in a window of %i pixels at dpr %i", (viewport, dpr, slot, width) => {
  const options = { viewport: { width: viewport, height: 600 }, deviceScaleFactor: dpr };
  // Of a candidate that is described as so wide for so large a slot, browsers take the size to be that of the slot.
  const asShown = {
    file: [width, (width * 3) / 4],
    natural: [slot, (slot * 3) / 4],
    laidOut: [slot, (slot * 3) / 4],
  };

  it("<img srcset> asks once, for the width that fits, and gets what the browser prefers", async () => {
    await visit(await example("img.html"), options);
    expect(await shown()).toMatchObject(asShown);
    expect(site.wire).toEqual([
      expect.objectContaining({ path: pictureOf(`width=${width}`), status: 200, type: "image/webp" }),
    ]);
    expect(site.wire[0]?.accept).toMatch(/image\/avif.*image\/webp/);
  });

  it("<picture> asks once, for the first type and the width that fits", async () => {
    await visit(await example("picture.html"), options);
    expect(await shown()).toMatchObject(asShown);
    const path = pictureOf(`width=${width},format=avif`);
    expect(site.wire).toEqual([expect.objectContaining({ path, status: 200, type: "image/avif" })]);
  });
});

describe("<picture>", () => {
  it.each([
    ["image/avif", "image/webp"],
    ["image/avif|image/webp", "image/jpeg"],
  ])("of a browser that does not show %s is %s", async (unknown, type) => {
    const html = (await example("picture.html")).replaceAll(
      RegExp(`type="(?:${unknown})"`, "g"),
      'type="image/x-none"',
    );
    await visit(html, { viewport: { width: 1280, height: 600 }, deviceScaleFactor: 2 });
    expect(await shown()).toMatchObject({ file: [640, 480], laidOut: [320, 240] });
    expect(site.wire.map(({ status, type }) => [status, type])).toEqual([[200, type]]);
  });

  it.each(["picture.html", "img.html"])(
    "and <img>: every URL of %s gives the width and type it is listed with",
    async (name) => {
      const html = await example(name);
      const listed = [...html.matchAll(/(http\S+width=(\d+)\S*) (\d+)w/g)];
      expect(listed.length).toBeGreaterThanOrEqual(3);
      await visit("");
      for (const [, url = "", width, descriptor] of listed) {
        expect(width).toBe(descriptor);
        const picture = await fetched(url);
        expect(picture).toMatchObject({ width: Number(width), height: (Number(width) * 3) / 4 });
        const [, format = "webp"] = /format=(\w+)/.exec(url) ?? [];
        expect(picture.type).toBe(`image/${format}`);
      }
    },
  );
});

it("onerror=redirect has browsers show the source where it cannot be drawn", async () => {
  const path = `/image/style=handdrawn,width=320,onerror=redirect/${site.url}/photos/icon.svg`;
  await visit(`<img src="${path}" alt="">`);
  expect(await shown()).toMatchObject({ file: [60, 40], laidOut: [60, 40] });
  expect(site.wire[0]).toMatchObject({ path, status: 302 });
});

describe("on reload", () => {
  const img = (path: string) => `<img src="${path}" alt="">`;
  const conditional = { ifNoneMatch: expect.stringMatching(/^"[\w-]+"$/), status: 304 };

  it("a picture that is still fresh is not asked for", async () => {
    await visit(img(pictureOf("width=320")));
    expect(site.wire).toHaveLength(1);
    await revisit(img(pictureOf("width=320")));
    await page.reload();
    expect(await shown()).toMatchObject({ file: [320, 240] });
    expect(site.wire).toEqual([]);
  });

  it("nor is one of a pinned network, whose answer says that it is immutable", async () => {
    const { styles } = (await (await fetch(`${serviceUrl}/v1/styles`)).json()) as {
      styles: { id: string; version: string }[];
    };
    const version = styles.find(({ id }) => id === "handdrawn")?.version;
    const path = pictureOf(`width=320,version=${version}`);
    expect((await fetch(site.url + path)).headers.get("Cache-Control")).toMatch(
      /max-age=[1-9]\d*.*, immutable$/,
    );
    await visit(img(path));
    expect(await shown()).toMatchObject({ file: [320, 240] });
    site.wire.length = 0;
    await page.reload();
    expect(await shown()).toMatchObject({ file: [320, 240] });
    expect(site.wire).toEqual([]);
  });

  it("one that is no longer fresh is asked for, and the answer is 304", async () => {
    const path = pictureOf("width=320", "?aged");
    site.age = 7 * 86_400; // beyond stale-while-revalidate too
    try {
      await visit(img(path));
      expect(site.wire).toEqual([expect.objectContaining({ path, ifNoneMatch: undefined, status: 200 })]);
      site.wire.length = 0;
      await page.reload();
      expect(await shown()).toMatchObject({ file: [320, 240] });
      expect(site.wire[0]).toMatchObject({ path, ...conditional });
    } finally {
      site.age = 0;
    }
  });

  it("one that stands alone is asked for, however fresh, and the answer is 304", async () => {
    const path = pictureOf("width=320", "?alone");
    await visit("");
    const size = () =>
      page
        .locator("img")
        .evaluate(({ naturalWidth, naturalHeight }: HTMLImageElement) => [naturalWidth, naturalHeight]);
    await page.goto(site.url + path);
    expect(await size()).toEqual([320, 240]);
    site.wire.length = 0;
    await page.reload();
    expect(await size()).toEqual([320, 240]);
    expect(site.wire).toEqual([expect.objectContaining({ path, ...conditional })]);
  });

  it("asked for as scripts may, it is the same", async () => {
    const path = pictureOf("width=480");
    await visit(img(path));
    const [asked] = site.wire.splice(0);
    const again = await fetched(path, asked?.accept, "no-cache");
    expect(again).toMatchObject({ width: 480, height: 360 });
    expect(site.wire).toEqual([expect.objectContaining({ path, ...conditional })]);
  });
});

type Client = { accept: string; type: string; magic: [at: number, text: string] };

const CLIENTS: Record<"jpeg" | "webp" | "avif", Client> = {
  jpeg: { accept: "image/jpeg,image/png,*/*;q=0.5", type: "image/jpeg", magic: [0, "\xff\xd8\xff"] },
  webp: { accept: "image/webp,*/*;q=0.8", type: "image/webp", magic: [8, "WEBP"] },
  avif: { accept: "image/avif,*/*;q=0.8", type: "image/avif", magic: [4, "ftypavif"] },
};
type Name = keyof typeof CLIENTS;

const ORDERS: Name[][] = [
  ["jpeg", "webp", "avif"],
  ["jpeg", "avif", "webp"],
  ["webp", "jpeg", "avif"],
  ["webp", "avif", "jpeg"],
  ["avif", "jpeg", "webp"],
  ["avif", "webp", "jpeg"],
];

describe("clients that take different formats, at one URL", () => {
  /** Each order has pictures of its own, which nobody has asked for before. */
  const pathFor = (order: Name[], first: number) =>
    pictureOf(`width=64,quality=${first + ORDERS.indexOf(order)}`);
  const ask = (path: string, { accept }: Client, method = "GET", headers: Record<string, string> = {}) =>
    fetch(site.url + path, { method, headers: { Accept: accept, ...headers } });
  const magicOf = (bytes: ArrayBuffer, { magic: [at, text] }: Client) =>
    Buffer.from(bytes, at, text.length).toString("latin1");

  it.each(ORDERS)("get each their own: %s, %s, %s, and then once more", async (...order) => {
    const path = pathFor(order, 40);
    const tags = new Map<Name, string | null>();
    for (const name of [...order, ...order]) {
      const answer = await ask(path, CLIENTS[name]);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Content-Type")).toBe(CLIENTS[name].type);
      expect(answer.headers.get("Vary")).toMatch(/\bAccept\b/);
      expect(magicOf(await answer.arrayBuffer(), CLIENTS[name])).toBe(CLIENTS[name].magic[1]);
      expect(tags.get(name) ?? answer.headers.get("ETag")).toBe(answer.headers.get("ETag"));
      tags.set(name, answer.headers.get("ETag"));
    }
    expect(new Set(tags.values()).size).toBe(3);
  });

  it.each(ORDERS)("are told by HEAD what GET gives, whoever came first: %s, %s, %s", async (...order) => {
    const path = pathFor(order, 50);
    const told = ["Content-Type", "ETag", "Vary", "Content-Disposition"];
    const headersOf = (answer: Response) => told.map((name) => [name, answer.headers.get(name)]);
    for (const name of order) {
      const before = await ask(path, CLIENTS[name], "HEAD");
      const got = await ask(path, CLIENTS[name]);
      const { byteLength } = await got.arrayBuffer();
      const after = await ask(path, CLIENTS[name], "HEAD");
      expect(got.headers.get("Content-Type")).toBe(CLIENTS[name].type);
      for (const head of [before, after]) {
        expect([head.status, await head.text()]).toEqual([200, ""]);
        expect(headersOf(head)).toEqual(headersOf(got));
      }
      expect(after.headers.get("Content-Length")).toBe(String(byteLength));
    }
  });

  it("are not told that they have what another one has", async () => {
    const path = pictureOf("width=64,quality=60");
    const tags = new Map<Name, string>();
    for (const name of Object.keys(CLIENTS) as Name[]) {
      tags.set(name, (await ask(path, CLIENTS[name])).headers.get("ETag") ?? "");
    }
    for (const [own, etag] of tags) {
      for (const name of tags.keys()) {
        const answer = await ask(path, CLIENTS[name], "GET", { "If-None-Match": etag });
        expect([own, name, answer.status]).toEqual([own, name, own === name ? 304 : 200]);
        expect(answer.headers.get("ETag")).toBe(tags.get(name));
        expect(answer.headers.get("Vary")).toMatch(/\bAccept\b/);
        await answer.arrayBuffer();
      }
    }
  });

  it.each(ORDERS)("may be one browser, whose cache keeps them apart: %s, %s, %s", async (...order) => {
    const path = pathFor(order, 70);
    await visit("");
    for (const name of order) {
      await context.setExtraHTTPHeaders({ Accept: CLIENTS[name].accept });
      await revisit(`<img src="${path}" alt="">`);
      expect(await shown()).toMatchObject({ file: [64, 48] });
      expect(site.wire.map(({ accept, status, type }) => ({ accept, status, type }))).toEqual([
        { accept: CLIENTS[name].accept, status: 200, type: CLIENTS[name].type },
      ]);
      await revisit(`<img src="${path}" alt="">`);
      expect(await shown()).toMatchObject({ file: [64, 48] });
      expect(site.wire).toEqual([]);
    }
  });
});

describe("examples", () => {
  it("signed-img.ts writes what is answered, and nothing that can be changed", async () => {
    const photo = `${site.url}/photos/me.jpg?v=1&size=l`;
    const html = signedImg(photo, { alt: 'Zoë "Z"', sizes: "min(100vw, 320px)" }, KEY);
    const window = { viewport: { width: 1280, height: 600 }, deviceScaleFactor: 2 };
    await visit(localised(html), window);
    expect(await shown()).toMatchObject({ file: [640, 480], natural: [320, 240] });
    expect(site.wire).toEqual([expect.objectContaining({ status: 200, type: "image/webp" })]);
    expect(await page.getByRole("img").getAttribute("alt")).toBe('Zoë "Z"');
    await revisit(localised(html).replaceAll("width=640", "width=639"));
    expect(site.wire).toEqual([expect.objectContaining({ status: 403 })]);
  });

  it("signed-img.ts writes the same all day, so that caches keep it, for one to two days", () => {
    const at = (time: string) =>
      signedImg("https://example.com/me.jpg", { alt: "", sizes: "100vw" }, KEY, Date.parse(time));
    expect(at("2026-11-25T00:00:00Z")).toBe(at("2026-11-25T23:59:59Z"));
    expect(at("2026-11-25T00:00:00Z")).toContain(`exp=${Date.parse("2026-11-27T00:00:00Z") / 1000},`);
    expect(at("2026-11-25T00:00:00Z")).not.toBe(at("2026-11-26T00:00:00Z"));
  });

  it("next/image-loader.ts and unpic.ts make URLs that are answered", async () => {
    const photo = `${site.url}/photos/me.jpg?v=1&size=l`;
    await visit("");
    const byNext = localised(imageLoader({ src: photo, width: 300, quality: 70 }));
    expect(await fetched(byNext)).toEqual({ type: "image/webp", width: 320, height: 240 });
    const byUnpic = transform(photo, { width: 300, height: 300, format: "avif" }, { baseURL: site.url });
    expect(await fetched(byUnpic)).toEqual({ type: "image/avif", width: 320, height: 320 });
  });
});

/** What browsers say before an `<img>`, more or less: where that matters, the wire tells. */
const IMG_ACCEPT = "image/avif,image/webp,*/*;q=0.8";

/** A picture as the page's scripts get it. */
function fetched(url: string, accept = IMG_ACCEPT, cache: "default" | "no-cache" = "default") {
  return page.evaluate(
    async ({ url, accept, cache }) => {
      const answer = await fetch(url, { headers: { Accept: accept }, cache });
      const { width, height } = await createImageBitmap(await answer.blob());
      return { type: answer.headers.get("Content-Type"), width, height };
    },
    { url, accept, cache },
  );
}
