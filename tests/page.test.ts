import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signCommand } from "../src/cli/sign/sign.ts";
import { STYLES } from "../src/contract/style.ts";
import { type Browser, launchBrowser } from "./support/browser.ts";
import { freePorts, portOf } from "./support/ports.ts";
import { type Service, startService } from "./support/service.ts";

// The page, the Worker and the network as `npm start` runs them, and a web server that pictures come from.

/** The style that is offered first. */
const FIRST = STYLES[0]?.id as string;
const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const SAMPLE = file("src/edge/page/sample.jpg");
const SIDEWAYS = file("tests/fixtures/pictures/exif-6.jpg");

let folder: string;
let service: Service;
let home: string;
let origin: Server;
let originUrl: string;
/** Answers to /slow.jpg, which wait for the test. */
let waiting: ServerResponse[] = [];
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-page-"));
  const sample = await readFile(SAMPLE);
  origin = createServer((request, response) => {
    if (request.url?.startsWith("/slow.jpg")) waiting.push(response);
    else if (request.url?.startsWith("/me.jpg")) response.end(sample);
    else response.writeHead(404).end();
  });
  origin.listen(0, "127.0.0.1");
  await once(origin, "listening");
  originUrl = `http://127.0.0.1:${portOf(origin)}`;
  const [port, inferencePort] = await freePorts();
  service = startService({
    PORT: port,
    INFERENCE_PORT: inferencePort,
    STATE_DIR: join(folder, "state"),
    ALLOWED_SOURCES: new URL(originUrl).host,
    PRESETS: "avatar:style=handdrawn,width=64,height=48,fit=cover,gravity=face; small:width=100",
  });
  browser = await launchBrowser();
  await service.ready;
  home = `http://127.0.0.1:${port}/`;
});

afterAll(async () => {
  await browser?.close();
  service?.process.kill("SIGTERM");
  await service?.ended;
  origin?.closeAllConnections();
  origin?.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => visit());

afterEach(async () => {
  waiting = [];
  await context.close();
  expect(complaints).toEqual([]);
});

/** Opens the page in a new window; whatever the browser complains about fails the test. */
async function visit(options: Parameters<Browser["open"]>[0] = {}) {
  await context?.close();
  context = await browser.open(options);
  page = await context.newPage();
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Chromium notes every refused request by itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.push(message.text());
    }
  });
  await page.goto(home);
  await page.getByRole("radio", { name: /Hand-drawn/ }).waitFor();
}

const drawing = () => page.getByRole("status").getByText("The drawing is ready").waitFor();
const facts = () => page.locator("#facts").innerText();
const imageUrl = () => page.getByLabel("Image URL of the drawing").inputValue();
const alertText = async () => {
  await page.locator("#error-title").waitFor();
  return page.getByRole("alert").innerText();
};
const drawSample = async () => {
  await page.getByRole("button", { name: "Try the astronaut" }).click();
  await drawing();
};
const drawUrl = async (url: string) => {
  await page.getByLabel("Image URL", { exact: true }).fill(url);
  await page.getByRole("button", { name: "Draw", exact: true }).click();
};

/** Width and height of what is shown, and the mean difference between photo and drawing, of 255. */
const shown = () =>
  page.evaluate(() => {
    const [before, after] = ["before", "after"].map((id) => document.getElementById(id) as HTMLImageElement);
    if (!before || !after) throw new Error("no pictures");
    const [a, b] = [before, after].map((image) => {
      const canvas = new OffscreenCanvas(64, 64).getContext("2d") as OffscreenCanvasRenderingContext2D;
      canvas.drawImage(image, 0, 0, 64, 64);
      return canvas.getImageData(0, 0, 64, 64).data;
    });
    const difference = a?.reduce((sum, value, index) => sum + Math.abs(value - (b?.[index] ?? 0)), 0) ?? 0;
    const box = before.getBoundingClientRect();
    return {
      width: after.naturalWidth,
      height: after.naturalHeight,
      ratio: before.naturalWidth / before.naturalHeight,
      shownRatio: box.width / box.height,
      difference: difference / (64 * 64 * 4),
    };
  });

/** Gives the page a file or an address as a person does who drops or pastes it. */
const transfer = async (event: "drop" | "paste", content: { path?: string; text?: string }) => {
  const bytes = content.path ? (await readFile(content.path)).toString("base64") : "";
  await page.evaluate(
    ({ event, bytes, text }) => {
      const data = new DataTransfer();
      if (bytes !== "") {
        const file = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
        data.items.add(new File([file], "me.jpg", { type: "image/jpeg" }));
      }
      if (text !== undefined) data.setData(event === "drop" ? "text/uri-list" : "text/plain", text);
      const options = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        event === "drop"
          ? new DragEvent("drop", { ...options, dataTransfer: data })
          : new ClipboardEvent("paste", { ...options, clipboardData: data }),
      );
    },
    { event, bytes, text: content.text },
  );
};

/** Opens the page as another service would have it. */
async function told(offer: { sources?: string; presetsOnly?: boolean; signed?: boolean; keys?: boolean }) {
  await page.route("**/v1/styles", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), ...offer } });
  });
  await page.reload();
  await page.locator("input[name=style]").first().waitFor({ state: "attached" });
}

describe("a photo comes", () => {
  it("from the sample", async () => {
    await drawSample();
    expect(await shown()).toMatchObject({ width: 512, height: 512, ratio: 1, shownRatio: 1 });
    expect((await shown()).difference).toBeGreaterThan(2);
    expect(await page.getByText("NASA, public domain").isVisible()).toBe(true);
  });

  it("as a file, upright like the browser shows it", async () => {
    await page.getByLabel("Photo", { exact: true }).setInputFiles(SIDEWAYS);
    await drawing();
    const { width, height, ratio, shownRatio } = await shown();
    expect(ratio).toBeCloseTo(width / height, 1);
    expect(shownRatio).toBeCloseTo(width / height, 1);
  });

  it("as a file that the browser cannot show: the service does", async () => {
    const buffer = await readFile("tests/fixtures/pictures/tiled-turned.heic");
    await page
      .getByLabel("Photo", { exact: true })
      .setInputFiles({ name: "me.heic", mimeType: "image/heic", buffer });
    await drawing();
    expect(await shown()).toMatchObject({ width: 112, height: 160 });
  });

  it("dropped, as a file and as a picture of another page", async () => {
    await transfer("drop", { path: SAMPLE });
    await drawing();
    expect(await imageUrl()).toMatch(/\/upload:[\w-]{22}$/);
    await transfer("drop", { text: `${originUrl}/me.jpg?dropped` });
    await expect.poll(imageUrl).toContain(`/${originUrl}/me.jpg?dropped`);
  });

  it("pasted, as a file and as an address", async () => {
    await transfer("paste", { path: SAMPLE });
    await drawing();
    await transfer("paste", { text: `${originUrl}/me.jpg?pasted` });
    await expect.poll(imageUrl).toContain(`/${originUrl}/me.jpg?pasted`);
  });

  it("from a URL, the photo beside it from this service too", async () => {
    await drawUrl(`${originUrl}/me.jpg#face`);
    await drawing();
    expect(await imageUrl()).toBe(`${home}image/style=${FIRST},width=640/${originUrl}/me.jpg`);
    expect(await shown()).toMatchObject({ width: 512, height: 512, ratio: 1 });
    expect((await shown()).difference).toBeGreaterThan(2);
  });
});

describe("before and after", () => {
  const at = () => page.locator("#compare").evaluate((figure) => figure.style.getPropertyValue("--at"));

  it("are compared from the keyboard", async () => {
    const slider = page.getByRole("slider", { name: /Compare/ });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    expect(await at()).toBe("51%");
    await page.keyboard.press("Home");
    expect(await at()).toBe("0%");
    await page.keyboard.press("End");
    expect(await at()).toBe("100%");
    expect(await slider.getAttribute("aria-valuetext")).toBe("100% photo");
  });

  it("are compared with the pointer, the drawing showing right of it", async () => {
    await drawSample();
    const box = await page.locator("#compare").boundingBox();
    if (!box) throw new Error("nothing to compare");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    expect(Number.parseInt(await at(), 10)).toBeGreaterThanOrEqual(23);
    expect(Number.parseInt(await at(), 10)).toBeLessThanOrEqual(27);
    const clip = await page.locator("#after").evaluate((image) => getComputedStyle(image).clipPath);
    expect(clip).toBe(`inset(0px 0px 0px ${await at()})`);
  });
});

describe("the drawing", () => {
  it("changes with the width, and its URL with it", async () => {
    await drawSample();
    expect(await imageUrl()).toContain(`/image/style=${FIRST},width=640/upload:`);
    await page.getByRole("radio", { name: "320" }).check();
    await expect.poll(imageUrl).toContain(`/image/style=${FIRST},width=320/upload:`);
    expect(await shown()).toMatchObject({ width: 320, height: 320 });
    expect(await facts()).toMatch(/^320 × 320, WebP, \d+ kB, from a stored drawing\.$/);
    await page.getByRole("radio", { name: "Full" }).check();
    await expect.poll(imageUrl).toContain(`/image/style=${FIRST}/upload:`);
  });

  it("is all there is, whatever width beyond it is asked for, in the format that an <img> gets", async () => {
    await drawSample();
    expect(await facts()).toMatch(/^512 × 512 is all there is\. WebP, \d+ kB, /);
    await page.getByRole("radio", { name: "Full" }).check();
    await expect.poll(imageUrl).toContain(`/image/style=${FIRST}/upload:`);
    expect(await facts()).toMatch(/^512 × 512 is all there is\. WebP, \d+ kB, /);
    const url = await imageUrl();
    const stranger = await context.newPage();
    await stranger.goto(`${home}favicon.svg`);
    const asked = stranger.waitForResponse(url);
    await stranger.evaluate((src) => void Object.assign(new Image(), { src }), url);
    const answer = await asked;
    expect(answer.headers()["content-type"]).toBe("image/webp");
  });

  it("of a small photo is shown large enough to compare", async () => {
    const small = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(32, 32);
      canvas.getContext("2d")?.fillRect(8, 8, 16, 16);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return Array.from(bytes);
    });
    const buffer = Buffer.from(small);
    await page
      .getByLabel("Photo", { exact: true })
      .setInputFiles({ name: "32.png", mimeType: "image/png", buffer });
    await drawing();
    expect(await shown()).toMatchObject({ width: 32, height: 32, shownRatio: 1 });
    expect((await page.locator("#compare").boundingBox())?.width).toBeGreaterThanOrEqual(320);
    expect(await facts()).toContain("32 × 32 is all there is.");
  });

  it("stays to be taken along, and to be changed, when the next photo cannot be drawn", async () => {
    await drawUrl(`${originUrl}/me.jpg?first`);
    await drawing();
    await drawUrl(`${originUrl}/nobody.jpg`);
    expect(await alertText()).toContain("There is no picture at that address");
    expect(await page.getByRole("heading", { name: "Yours to embed" }).isVisible()).toBe(true);
    expect(await imageUrl()).toContain("/me.jpg?first");
    await page.getByRole("radio", { name: "320" }).check();
    await expect.poll(imageUrl).toMatch(/width=320\/.*\/me\.jpg\?first$/);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
  });

  it("is taken along by its URL, as HTML, and as a file", async () => {
    await drawSample();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await imageUrl());
    const answer = await fetch(copied);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Content-Type")).toMatch(/^image\//);

    await page.getByRole("button", { name: "Copy as HTML" }).click();
    await page.getByRole("status").getByText("Copied.").waitFor();
    const tag = `<img src="${copied}" width="512" height="512" alt="">`;
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(tag);

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^${FIRST}\\.(?:jpg|webp|avif|png)$`));
  });

  it("comes with its licence, before it is drawn and where it is taken along", async () => {
    const terms = "Non-commercial use only, CC BY-NC-SA 4.0";
    await page.getByRole("radio", { name: /^Hand-drawn/ }).check();
    expect(await page.locator(".choice").getByText(terms).isVisible()).toBe(true);
    await drawSample();
    expect(await page.locator("#result").getByText(terms).isVisible()).toBe(true);
    const link = page.getByRole("link", { name: "CC BY-NC-SA 4.0" });
    expect(await link.getAttribute("href")).toBe("https://creativecommons.org/licenses/by-nc-sa/4.0/");
  });

  it("is the newest one asked for, whatever comes late", async () => {
    await drawUrl(`${originUrl}/slow.jpg`);
    await expect.poll(() => waiting.length).toBe(1);
    expect(await page.getByRole("progressbar").isVisible()).toBe(true);
    await drawUrl(`${originUrl}/me.jpg?newest`);
    await drawing();
    waiting[0]?.end(await readFile(SIDEWAYS));
    await fetch(`${home}image/style=${FIRST},width=640/${originUrl}/slow.jpg`);
    expect(await imageUrl()).toContain("me.jpg?newest");
    expect(await shown()).toMatchObject({ width: 512, height: 512 });
    expect(await page.getByRole("progressbar").isVisible()).toBe(false);
  });

  it("is given up on request", async () => {
    await drawUrl(`${originUrl}/slow.jpg?cancelled`);
    await expect.poll(() => waiting.length).toBe(1);
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await page.getByRole("progressbar").isVisible()).toBe(false);
    expect(await page.getByRole("status").innerText()).toBe("Cancelled.");
    waiting[0]?.end();
  });
});

describe("shape, format and presets:", () => {
  beforeEach(() => page.getByText("Shape, backdrop and format").click());
  const choose = (name: string) => page.getByRole("radio", { name, exact: true }).check();
  /** Red, green and blue in the drawing's corner. */
  const corner = () =>
    page.evaluate(async () => {
      const image = document.getElementById("after") as HTMLImageElement;
      const canvas = new OffscreenCanvas(8, 8).getContext("2d") as OffscreenCanvasRenderingContext2D;
      canvas.drawImage(image, 0, 0);
      return Array.from(canvas.getImageData(2, 2, 1, 1).data.slice(0, 3));
    });

  it("a square around the face, the photo beside it cut alike", async () => {
    await page.getByLabel("Photo", { exact: true }).setInputFiles(SIDEWAYS);
    await drawing();
    await choose("Square");
    await expect
      .poll(imageUrl)
      .toContain(`/style=${FIRST},width=640,height=640,fit=cover,gravity=face/upload:`);
    expect(await shown()).toMatchObject({ width: 640, height: 640, ratio: 1, shownRatio: 1 });
    await page.getByRole("group", { name: "Keep" }).getByRole("radio", { name: "Centre" }).check();
    await expect.poll(imageUrl).toContain("gravity=center/upload:");
  });

  it("a frame in a colour", async () => {
    await page.getByLabel("Photo", { exact: true }).setInputFiles(SIDEWAYS);
    await drawing();
    await choose("Framed");
    await expect.poll(imageUrl).toContain("width=640,height=640,fit=pad,background=%23f3e9d8/upload:");
    expect(await shown()).toMatchObject({ width: 640, height: 640, ratio: 1 });
    await page.getByLabel("Background").fill("#204080");
    await expect.poll(imageUrl).toContain("background=%23204080/upload:");
    const [red = 0, green = 0, blue = 0] = await corner();
    expect([red, green, blue].map((value) => Math.round(value / 32))).toEqual([1, 2, 4]);
  });

  it("a square has a size", async () => {
    await choose("Full");
    await choose("Square");
    expect(await page.getByRole("radio", { name: "640" }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "Full" }).isDisabled()).toBe(true);
    await choose("Whole");
    expect(await page.getByRole("radio", { name: "Full" }).isDisabled()).toBe(false);
  });

  it.each(["AVIF", "WebP", "JPEG", "PNG"])("the format %s", async (name) => {
    await choose(name);
    await choose("320");
    await drawSample();
    expect(await imageUrl()).toContain(`/style=${FIRST},width=320,format=${name.toLowerCase()}/upload:`);
    expect(await facts()).toMatch(RegExp(`^320 × 320, ${name}, `));
  });

  it("HTML for dense screens, where there is more to be had, and what is known as JSON", async () => {
    await choose("320");
    await drawSample();
    const src = await imageUrl();
    await page.getByRole("button", { name: "Copy as HTML" }).click();
    const dense = src.replace("width=320", "width=320,dpr=2");
    const tag = `<img src="${src}" srcset="${dense} 2x" width="320" height="320" alt="">`;
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(tag);
    const sized = await fetch(dense.replace("dpr=2", "dpr=2,format=json"));
    expect(await sized.json()).toMatchObject({ width: 512, height: 512 });
    const href = await page.getByRole("link", { name: "JSON" }).getAttribute("href");
    expect(await (await fetch(href ?? "")).json()).toMatchObject({ width: 320, height: 320 });
  });

  it("a preset stands for the choices that it makes", async () => {
    await page.getByLabel("Preset").selectOption("avatar");
    for (const name of ["Style", "Width"])
      expect(await page.getByRole("group", { name }).isVisible()).toBe(false);
    expect(await page.getByText("Shape, backdrop and format").isVisible()).toBe(false);
    expect(await page.getByText("width=64, height=48, fit=cover").isVisible()).toBe(true);
    await drawSample();
    expect(await imageUrl()).toContain("/image/preset=avatar/upload:");
    expect(await shown()).toMatchObject({ width: 64, height: 48, ratio: 64 / 48 });
    await page.getByLabel("Preset").selectOption("small");
    await expect.poll(imageUrl).toContain(`/image/preset=small,style=${FIRST}/upload:`);
    expect(await shown()).toMatchObject({ width: 100, height: 100 });
    await page.getByLabel("Preset").selectOption("");
    await expect.poll(imageUrl).toContain(`/image/style=${FIRST},width=640/upload:`);
  });
});

describe("where nothing but presets is taken", () => {
  const asked: string[] = [];

  beforeEach(async () => {
    await told({ presetsOnly: true });
    asked.length = 0;
    page.on("request", (request) => {
      if (request.url().includes("/image/")) asked.push(new URL(request.url()).pathname);
    });
  });

  it("those that can be asked for are offered, and nothing else is asked", async () => {
    expect(await page.getByLabel("Preset").locator("option").allInnerTexts()).toEqual(["avatar"]);
    await drawUrl(`${originUrl}/me.jpg?preset`);
    await drawing();
    expect(asked).toEqual([expect.stringMatching(/^\/image\/preset=avatar\/http/)]);
    expect(await page.getByRole("link", { name: "JSON" }).isVisible()).toBe(false);
  });

  it("a drawing of another shape than the photo stands alone", async () => {
    await drawSample();
    expect(await shown()).toMatchObject({ width: 64, height: 48, shownRatio: 64 / 48 });
    expect(await page.getByRole("slider").isVisible()).toBe(false);
    expect(await page.getByRole("status").innerText()).toBe("The drawing is ready.");
    expect(await page.locator("#after").evaluate((image) => getComputedStyle(image).clipPath)).toBe("none");
    expect(asked).toEqual([expect.stringMatching(/^\/image\/preset=avatar\/upload:/)]);
  });
});

describe("where URLs must be signed", () => {
  const SIGNING_KEYS = "2026a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  const command = () => page.getByLabel("In stylegate’s folder").inputValue();

  beforeEach(() => told({ signed: true }));

  it("the page says so, offers nothing that could only fail, and asks for nothing", async () => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    expect(await page.getByRole("heading", { name: "Signed URLs only" }).isVisible()).toBe(true);
    for (const name of ["Choose a photo", "Draw", "Try the astronaut"]) {
      expect(await page.getByRole("button", { name, exact: true }).isVisible()).toBe(false);
    }
    await transfer("drop", { path: SAMPLE });
    await page.getByRole("radio", { name: "320" }).check();
    expect(asked).toEqual([]);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    expect(await page.getByText("Only from the hosts").isVisible()).toBe(true);
  });

  it("it writes the command that signs what is chosen", async () => {
    const address = `${originUrl}/it's.jpg?v=1&size=l`;
    await page.getByLabel("The photo’s URL").fill(address);
    await page.getByRole("radio", { name: "320" }).check();
    const [, quoted = ""] = /^npm run -s sign -- '([^']+)'$/.exec(await command()) ?? [];
    expect(quoted).toBe(`${home}image/style=${FIRST},width=320/${address.replace("'", "%27")}`);
    const signed = await signCommand([quoted], { SIGNING_KEYS }, Date.now());
    expect(signed).toMatch(
      new RegExp(`^http:.*/image/kid=2026a,style=${FIRST},width=320,sig=[\\w-]{43}/http`),
    );
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(await command());
  });

  it("it takes an address that is dropped or pasted, and not what is none", async () => {
    await transfer("paste", { text: "https://example.com/pasted.jpg" });
    await expect.poll(command).toContain("/https://example.com/pasted.jpg'");
    await page.getByLabel("The photo’s URL").fill("hello");
    expect(await page.getByLabel("The photo’s URL").getAttribute("aria-invalid")).toBe("true");
    expect(await command()).toContain("/https://example.com/pasted.jpg'");
  });
});

describe("where a key is needed", () => {
  const keyField = () => page.getByLabel("A key");
  let key: string;

  beforeEach(async () => {
    const made = await fetch(new URL("/v1/keys", home), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "the page's", scopes: ["transform", "upload"] }),
    });
    ({ key } = (await made.json()) as { key: string });
    await told({ keys: true });
  });

  it("the page asks for it before it sends anything", async () => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole("button", { name: "Try the astronaut" }).click();
    expect(await alertText()).toContain("This server asks for a key");
    expect(asked).toEqual(["/sample.jpg"]);
    expect(await keyField().evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it("it draws with it, remembers it in this tab, and sends it nowhere but to the service", async () => {
    const sent: [string, string | undefined][] = [];
    page.on("request", (request) => sent.push([request.url(), request.headers().authorization]));
    await keyField().fill(key);
    await drawSample();
    const [uploads, images] = ["/v1/uploads", "/image/"].map((path) =>
      sent.filter(([url]) => new URL(url).pathname.startsWith(path)),
    );
    expect(uploads).toEqual([[expect.any(String), `Bearer ${key}`]]);
    expect(images?.length).toBeGreaterThan(0);
    for (const [, authorization] of images ?? []) expect(authorization).toBe(`Bearer ${key}`);
    expect(sent.filter(([url]) => url.includes(key))).toEqual([]);
    expect(await page.getByRole("link", { name: "Open" }).isVisible()).toBe(false);
    await page.reload();
    await expect.poll(() => keyField().inputValue()).toBe(key);
    const other = await context.newPage();
    await other.goto(home);
    expect(await other.evaluate(() => sessionStorage.length)).toBe(0);
    await other.close();
  });

  it("it says that one is wrong", async () => {
    await keyField().fill(`${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`);
    await page.getByRole("button", { name: "Try the astronaut" }).click();
    expect(await alertText()).toContain("The key is not known here");
  });

  it("it checks one where Enter is pressed, and forgets what was wrong with the one before", async () => {
    await keyField().press("Enter");
    expect(await alertText()).toContain("This server asks for a key");
    await keyField().fill(`${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    await keyField().press("Enter");
    expect(await alertText()).toContain("The key is not known here");
    await keyField().fill(key);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    await keyField().press("Enter");
    await page.getByText("The key is known here.").waitFor();
    expect(await page.evaluate(() => sessionStorage.getItem("stylegate-key"))).toBe(key);
  });
});

describe("what goes wrong is said, and can be put right:", () => {
  it("a host that is not admitted", async () => {
    await drawUrl("https://example.com/me.jpg");
    expect(await alertText()).toMatch(/does not take pictures from that address.*as a file.*example\.com/s);
    await drawSample();
    expect(await page.getByRole("alert").isVisible()).toBe(false);
  });

  it("an address without a picture, and no address at all", async () => {
    await drawUrl(`${originUrl}/nobody.jpg`);
    expect(await alertText()).toContain("There is no picture at that address");
    await drawUrl("javascript:alert(1)");
    await expect.poll(alertText).toContain("That is no image address");
  });

  it.each(["hello", "hello world", "12", "https://", "ftp://example.com/me.jpg"])(
    "%s is no address, and the service is not asked for it",
    async (text) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      await drawUrl(text);
      expect(await alertText()).toContain("That is no image address");
      expect(asked).toEqual([]);
    },
  );

  it.each([
    ["example.com/me.jpg", "https://example.com/me.jpg"],
    ["example.com:8443/me.jpg", "https://example.com:8443/me.jpg"],
    ["localhost:9000/me.jpg", "https://localhost:9000/me.jpg"],
  ])("%s is one, whose scheme is added", async (text, url) => {
    const asked = page.waitForRequest(/\/image\//);
    await drawUrl(text);
    expect((await asked).url()).toContain(url);
    expect(await alertText()).toContain("ALLOWED_SOURCES does not name it");
  });

  it("files that are no pictures, broken, or too large", async () => {
    const input = page.getByLabel("Photo", { exact: true });
    await input.setInputFiles({ name: "cv.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") });
    expect(await alertText()).toContain("That is no picture");
    await input.setInputFiles({ name: "a.bmp", mimeType: "image/bmp", buffer: Buffer.from("BM") });
    await expect.poll(alertText).toContain("This kind of file is not supported");
    const cut = (await readFile(SAMPLE)).subarray(0, 100);
    await input.setInputFiles({ name: "cut.jpg", mimeType: "image/jpeg", buffer: cut });
    await expect.poll(alertText).toContain("The picture is broken");
    const large = join(folder, "large.jpg");
    await writeFile(large, Buffer.alloc(30 * 1024 * 1024 + 1));
    await input.setInputFiles(large); // by its path: so many bytes take seconds on their way to the browser
    await expect.poll(alertText).toContain("The picture is too large");
  });

  it("no connection", async () => {
    await context.setOffline(true);
    await page.getByRole("button", { name: "Try the astronaut" }).click();
    expect(await alertText()).toContain("The service cannot be reached");
    await context.setOffline(false);
    await drawSample();
  });
});

describe("without the styles, as when the service is just restarting,", () => {
  let isAway: boolean;
  let uploads: number;

  beforeEach(async () => {
    isAway = true;
    uploads = 0;
    await page.route("**/v1/styles", (route) =>
      isAway ? route.fulfill({ status: 503, body: "" }) : route.continue(),
    );
    page.on("request", (request) => {
      if (request.method() === "POST") uploads++;
    });
    await page.reload();
    expect(await alertText()).toContain("That did not work");
  });

  it("a photo is drawn as soon as they are there", async () => {
    isAway = false;
    await page.getByLabel("Photo", { exact: true }).setInputFiles(SAMPLE);
    await drawing();
    expect(await page.getByRole("radio", { name: /Hand-drawn/ }).count()).toBe(1);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
    await drawUrl(`${originUrl}/me.jpg?again`);
    await expect.poll(imageUrl).toContain("me.jpg?again");
    expect(await page.getByRole("radio", { name: /Hand-drawn/ }).count()).toBe(1);
  });

  it("a photo is not uploaded, and the page says that it did not work", async () => {
    const asked = page.waitForResponse("**/v1/styles");
    await page.getByLabel("Photo", { exact: true }).setInputFiles(SAMPLE);
    await asked;
    expect(await alertText()).toContain("That did not work");
    expect(await page.getByRole("progressbar").isVisible()).toBe(false);
    expect(uploads).toBe(0);
  });
});

describe("the field for a URL", () => {
  const field = () => page.getByLabel("Image URL", { exact: true }).isVisible();

  it("is offered, with what it takes, where hosts are listed", async () => {
    expect(await field()).toBe(true);
    expect(await page.getByText("Only from the hosts").isVisible()).toBe(true);
  });

  it("is offered where any host is admitted", async () => {
    await told({ sources: "any" });
    expect(await field()).toBe(true);
    expect(await page.getByText("Only from the hosts").isVisible()).toBe(false);
  });

  it("is not offered where it could only fail, and the page says what would change that", async () => {
    await told({ sources: "none" });
    expect(await field()).toBe(false);
    expect(await page.getByText("ALLOWED_SOURCES").isVisible()).toBe(true);
  });
});

describe("everybody can use it:", () => {
  // 320 CSS pixels are also a window of 1280 at 400 %: WCAG 2.2, 1.4.10.
  it.each([360, 320])("on a phone of %i pixels nothing sticks out, and a finger is enough", async (width) => {
    await visit({ viewport: { width, height: 740 }, hasTouch: true, isMobile: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.getByRole("button", { name: "Try the astronaut" }).tap();
    await drawing();
    await drawUrl("https://example.com/a-name-that-is-much-too-long-for-the-width-of-a-phone.jpg");
    await alertText();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const buttons = await page.locator("button:visible").all();
    for (const button of buttons) {
      expect((await button.boundingBox())?.height, await button.innerText()).toBeGreaterThanOrEqual(44);
    }
  });

  it("by keyboard alone, seeing where one is", async () => {
    const focused = () =>
      page.evaluate(() => {
        const active = document.activeElement;
        const ring = active?.closest("label") ?? active;
        const outlines = [active, ring, active?.nextElementSibling]
          .filter((element) => element instanceof Element)
          .flatMap((element) => [getComputedStyle(element), getComputedStyle(element, "::after")]);
        const isSeen = outlines.some((style) => style.outlineStyle === "solid");
        return { id: active?.id || active?.getAttribute("name"), isSeen };
      });
    const tabTo = async (id: string) => {
      for (let presses = 0; presses < 20; presses++) {
        await page.keyboard.press("Tab");
        const found = await focused();
        expect(found.isSeen, `the focus on ${found.id} is seen`).toBe(true);
        if (found.id === id) return;
      }
      throw new Error(`Tab never came to ${id}`);
    };
    await tabTo("slider");
    await tabTo("pick");
    await tabTo("url");
    await tabTo("sample");
    await page.keyboard.press("Enter");
    await drawing();
    await tabTo("style");
    await tabTo("width");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(imageUrl).toContain("width=480");
    await tabTo("copy");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(await imageUrl());
  });

  it("with every control named", async () => {
    await drawSample();
    const session = await context.newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const controls = nodes.filter(({ role }) =>
      ["button", "link", "radio", "textbox", "slider", "image", "progressbar"].includes(role?.value),
    );
    expect(controls.length).toBeGreaterThan(10);
    expect(controls.filter(({ name }) => !name?.value).map(({ role }) => role?.value)).toEqual([]);
  });
});

it("lets no stranger's script, frame or style in", async () => {
  const answer = await fetch(home);
  expect(answer.headers.get("Content-Security-Policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect((await fetch(`${home}_headers`)).status).toBe(404);
});

it("shows where a problem's type leads", async () => {
  const problem = await (await fetch(`${home}image/style=nobody/https://example.com/me.jpg`)).json();
  const { type } = problem as { type: string };
  await page.goto(new URL(type, home).href);
  const place = page.locator("h2:target");
  expect(await place.innerText()).toBe("unknown_style");
  expect(await place.evaluate((element) => getComputedStyle(element).borderTopLeftRadius)).toBe("8px");
});
