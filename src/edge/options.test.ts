import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { readPicture } from "../../tests/fixtures/pictures/files.ts";
import { pixelAt } from "../../tests/fixtures/pictures/picture.ts";
import { type Asked, ask, bindings, found, upload } from "../../tests/support/workerd/ask.ts";
import { randomId, sha256 } from "../contract/encoding.ts";
import { styleById } from "../contract/style.ts";
import { decode, type Pixels } from "./image/index.ts";
import { probe } from "./source/probe.ts";
import { sourceKey, uploadKey } from "./storage/keys.ts";

// What the options do, from the URL to the picture; their grammar is src/contract/transform.test.ts's.

const SOURCE = "https://photos.example.com/png?seed=77";
const VERSION = styleById("handdrawn")?.version ?? "";
const path = (options: string, source = SOURCE) => `/image/style=handdrawn,${options}/${source}`;

async function picture(options: string, source = SOURCE, asked: Asked = {}): Promise<Pixels> {
  const answer = await ask(path(options, source), asked);
  if (answer.status !== 200) throw new Error(await answer.text());
  const probed = probe(answer.bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(answer.bytes, probed, { longSide: 4096 });
}

const column = (pixels: Pixels, x: number) =>
  Array.from({ length: pixels.height }, (_, y) => pixelAt(pixels, x, y));

beforeEach(reset);

describe("gravity", () => {
  it("keeps the side that it names, and a point where it is", async () => {
    const whole = await picture("format=png"); // 96 × 64
    const cut = (gravity: string) => picture(`format=png,width=32,height=64,fit=cover,gravity=${gravity}`);
    for (const [gravity, x] of [
      ["left", 0],
      ["0x1", 0],
      ["center", 32],
      ["right", 64],
      ["0.25x0", 16],
    ] as const) {
      const pixels = await cut(gravity);
      expect([pixels.width, pixels.height]).toEqual([32, 64]);
      expect(column(pixels, 0), gravity).toEqual(column(whole, x));
    }
  });

  it("is one variant for two names of a point, and another for another", async () => {
    const options = (gravity: string) => path(`width=32,height=32,fit=cover,gravity=${gravity}`);
    await ask(options("top"));
    expect(found(await ask(options("0.5x0")))).toBe("hit");
    expect(found(await ask(options("bottom")))).toBe("master");
    expect(found(await ask(options("auto")))).toBe("master");
    expect(found(await ask(options("face")))).toBe("master");
  });

  it("shows the same part whatever the size and the strength", async () => {
    const tall = `${SOURCE}&width=64&height=192`;
    const cut = (options: string) => picture(`format=png,fit=cover,gravity=auto,${options}`, tall);
    const [full, faint] = [await cut("width=64,height=64"), await cut("width=64,height=64,strength=0")];
    const [photo, drawing] = [
      await picture("format=png,strength=0", tall),
      await picture("format=png", tall),
    ];
    const row = (pixels: Pixels, y: number) =>
      Array.from({ length: 64 }, (_, x) => pixelAt(pixels, x, y)).join();
    const at = Array.from({ length: 129 }, (_, y) => y).find((y) => row(drawing, y) === row(full, 0));
    expect(at).toBeDefined();
    expect(row(faint, 0)).toBe(row(photo, at ?? 0));
  });
});

describe("background", () => {
  const transparent = `${SOURCE}&alpha`;
  it.each([
    ["png", "red", [255, 0, 0, 255]],
    ["jpeg", "%230000ff", [0, 0, 255, 255]],
    ["webp", "rgb(0%2C128%2C0)", [0, 128, 0, 255]],
    ["png", "%2300ff0080", [0, 255, 0, 128]],
  ])("in %s is %s where the picture is transparent", async (format, colour, expected) => {
    const pixels = await picture(`format=${format},background=${colour},quality=95`, transparent);
    const seen = pixelAt(pixels, 95, 30);
    for (const [i, channel] of seen.entries())
      expect(Math.abs(channel - (expected[i] ?? 0))).toBeLessThan(14);
  });

  it("fills pad's bars, and leaves room for twice as many pixels where it hides what is transparent", async () => {
    const pixels = await picture("format=png,width=96,height=96,fit=pad,background=teal");
    expect(pixelAt(pixels, 48, 2)).toEqual([0, 128, 128, 255]);
    expect(pixelAt(pixels, 48, 94)).toEqual([0, 128, 128, 255]);
    const large = "width=1200,height=1000,fit=pad,format=webp";
    expect((await ask(path(large))).status).toBe(400);
    expect((await ask(path(`${large},background=%2300808080`))).status).toBe(400);
    expect((await ask(path(`${large},background=teal`))).status).toBe(200);
  });

  it("lets `auto` take JPEG for what it makes opaque", async () => {
    const type = async (options: string) =>
      (await ask(path(options, transparent))).headers.get("Content-Type");
    expect(await type("background=white")).toBe("image/jpeg");
    expect(await type("background=%23fff8")).toBe("image/png");
  });
});

describe("dpr", () => {
  it("multiplies both sides, and is one variant with the product", async () => {
    expect(await picture("format=png,width=20,height=10,dpr=2,fit=cover")).toMatchObject({
      width: 40,
      height: 20,
    });
    expect(found(await ask(path("format=png,width=40,height=20,fit=cover")))).toBe("hit");
  });
});

describe("format=json", () => {
  const told = async (options: string, source = SOURCE) => {
    const answer = await ask(path(`format=json,${options}`, source));
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    return { answer, told: await answer.json<Record<string, unknown>>() };
  };

  it("asks for no source of which it is known, whatever else is asked", async () => {
    const key = "told-once";
    const source = `https://photos.example.com/echo/${key}`;
    await ask(path("format=png", source));
    const id = await upload(readPicture("rgb.png"));
    await ask(path("format=png", `upload:${id}`));
    const read: string[] = [];
    const watched = new Proxy(bindings.PICTURES, {
      get:
        (bucket, name) =>
        (key: string, ...rest: unknown[]) => {
          if (name === "get") read.push(key);
          return Reflect.get(bucket, name).call(bucket, key, ...rest);
        },
    });
    for (const width of [10, 20, 30]) {
      for (const from of [source, `upload:${id}`]) {
        expect(
          (await ask(path(`format=json,width=${width}`, from), { env: { PICTURES: watched } })).status,
        ).toBe(200);
      }
    }
    const log = await (await fetch(`https://photos.example.com/log/${key}`)).json<object[]>();
    expect(log).toHaveLength(1);
    expect(read.filter((key) => key.startsWith("uploads/"))).toEqual([]);
  });

  it("asks again for one whose record does not tell yet", async () => {
    const bytes = readPicture("exif-6.jpg");
    const contentHash = await sha256(bytes);
    const id = randomId();
    await bindings.PICTURES.put(uploadKey(id), bytes, { customMetadata: { contentHash, hasAlpha: "false" } });
    const source = "https://photos.example.com/png?seed=79&width=40&height=60";
    const picture = new Uint8Array(await (await fetch(source)).arrayBuffer());
    const times = { freshUntil: 1e15, revalidateUntil: 1e15, errorUntil: 1e15, askedAt: 1 };
    const record = { contentHash: await sha256(picture), hasAlpha: false, tags: [], ...times };
    await bindings.PICTURES.put(
      await sourceKey({ kind: "url", url: new URL(source) }),
      JSON.stringify(record),
    );
    for (const [from, original] of [
      [`upload:${id}`, { file_size: bytes.length, width: 48, height: 64, format: "image/jpeg" }],
      [source, { file_size: picture.length, width: 40, height: 60, format: "image/png" }],
    ] as const) {
      expect((await told("width=12", from)).told.original).toEqual(original); // is drawn
      expect((await told("width=14", from)).told.original).toEqual(original); // from the master
    }
  });

  it("tells what the source is, what was drawn, and which part of it the other options show", async () => {
    const bytes = readPicture("exif-6.jpg"); // 64 × 48 as stored, to be turned
    const id = await upload(bytes);
    const stored = await bindings.PICTURES.head(`uploads/${id}`);
    const { told: description } = await told(
      "width=24,height=24,fit=cover,gravity=top,strength=0.5",
      `upload:${id}`,
    );
    expect(description).toEqual({
      width: 24,
      height: 24,
      limitedFrom: null,
      original: { file_size: stored?.size, width: 48, height: 64, format: "image/jpeg" },
      style: { id: "handdrawn", version: VERSION },
      drawn: { width: 48, height: 64 },
      crop: { x: 0, y: 0, width: 48, height: 48 },
      gravity: "0.5x0",
      strength: 0.5,
      faces: [],
      backdrop: "stylize",
      people: null,
    });
  });

  it.each([
    "width=40",
    "width=200,height=100,fit=pad",
    "width=2048,fit=contain",
    "width=50,height=20,fit=crop",
  ])("has the size of the picture with %s", async (options) => {
    const { width, height } = await picture(`format=png,${options}`);
    expect((await told(options)).told).toMatchObject({ width, height });
  });

  it("names the point that gravity=auto found, which cuts the same", async () => {
    const tall = `${SOURCE}&width=64&height=192`;
    const options = "width=32,height=32,fit=cover";
    const { told: description } = await told(`${options},gravity=auto`, tall);
    const [found, named] = [
      await picture(`format=png,${options},gravity=auto`, tall),
      await picture(`format=png,${options},gravity=${description.gravity}`, tall),
    ];
    expect(named.data).toEqual(found.data);
  });

  it("is stored, and told again without the network or the origin", async () => {
    const { answer } = await told("width=20");
    const again = (await told("width=20,quality=3,background=red,metadata=none")).answer;
    expect(found(again)).toBe("hit");
    expect(again.bytes).toEqual(answer.bytes);
    expect(again.headers.get("ETag")).toBe(answer.headers.get("ETag"));
    expect(found(await ask(path("width=20,format=png")))).toBe("master");
  });

  it("is told of a stored drawing, too", async () => {
    await ask(path("format=png"));
    const { answer, told: description } = await told("width=20");
    expect(found(answer)).toBe("master");
    expect(description).toMatchObject({ original: { width: 96, height: 64, format: "image/png" } });
  });
});

describe("version", () => {
  it.each([8, 10, 12])(
    "lets %i digits of the network's name keep the picture without asking",
    async (digits) => {
      const pinned = await ask(path(`version=${VERSION.slice(0, digits)}`));
      expect(pinned.status).toBe(200);
      expect(pinned.headers.get("Cache-Control")).toMatch(/, immutable$/);
      const other = await ask(path("width=96"));
      expect(other.headers.get("Cache-Control")).not.toContain("immutable");
    },
  );

  it("says which one there is", async () => {
    const answer = await ask(path("version=deadbeef"));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      code: "unknown_version",
      detail: `The style "handdrawn" is served in version ${VERSION}, not "deadbeef".`,
    });
  });

  it("is the same picture as without", async () => {
    const plain = await ask(path("width=30"));
    const pinned = await ask(path(`width=30,version=${VERSION.slice(0, 9)}`));
    expect(found(pinned)).toBe("hit");
    expect(pinned.headers.get("ETag")).toBe(plain.headers.get("ETag"));
  });
});

describe("a preset", () => {
  const asked = { env: { PRESETS: "avatar:style=handdrawn,width=24,height=24,fit=cover,format=png" } };
  it("is its options, and one variant with them", async () => {
    const answer = await ask(`/image/preset=avatar/${SOURCE}`, asked);
    const probed = probe(answer.bytes);
    expect(probed).toMatchObject({ format: "png", width: 24, height: 24 });
    expect(found(await ask(path("width=24,height=24,fit=cover,format=png"), asked))).toBe("hit");
    expect(await picture("preset=avatar,height=48", SOURCE, asked)).toMatchObject({ width: 24, height: 48 });
  });
});
