import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Cell, cellsOf, group } from "./support/group.ts";
import { type Inference, startInference } from "./support/inference.ts";
import { INFERENCE_HOST, type Internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// Pictures larger than the network draws, in the service as it is deployed, with networks as they are served.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let inference: Inference;
let workers: Workers;
let sample: Buffer;
/** Models, as often as they were asked, and bytes of the pictures that they were given. */
const asked: { model: string | undefined; bytes: number }[] = [];

beforeAll(async () => {
  sample = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
  inference = await startInference([
    "ttn_toon_int8",
    "ttn_engraving_int8",
    "face_detector",
    "person_segmenter",
  ]);
  const outbound: Internet = async (incoming, outgoing) => {
    const { host, ...headers } = incoming.headers as Record<string, string>;
    const body = await buffer(incoming);
    asked.push({ model: /models\/(\w+)\/infer$/.exec(incoming.url ?? "")?.[1], bytes: body.length });
    const answer = await fetch(inference.url + incoming.url, { method: "POST", headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(bytes);
  };
  const variables = { INFERENCE_URL: `http://${INFERENCE_HOST}`, MODEL_SUFFIX: "_int8" };
  workers = await startWorkers((modules) => [stylegate("stylegate", modules, variables, { outbound })]);
});

afterAll(async () => {
  await workers?.stop();
  await inference?.stop();
});

beforeEach(() => void asked.splice(0));

const drawings = () => asked.filter(({ model }) => model?.startsWith("ttn_"));

const enlargedSample = (width: number, height: number) =>
  sharp(sample).resize(width, height, { fit: "cover", kernel: "lanczos3" });

async function uploaded(file: Buffer): Promise<string> {
  const answer = await fetch(`${workers.url}/v1/uploads`, { method: "POST", body: new Uint8Array(file) });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function ask(options: string, id: string, accept = "*/*") {
  const answer = await fetch(`${workers.url}/image/${options}/upload:${id}`, { headers: { Accept: accept } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.status, bytes.toString("latin1", 0, 300)).toBe(200);
  return { answer, bytes, limit: answer.headers.get("Stylegate-Limited-From") };
}

const shape = async (bytes: Buffer) => {
  const { width, height, format } = await sharp(bytes).metadata();
  return { width, height, format };
};

const samples = (bytes: Buffer, width: number, height: number) =>
  sharp(bytes)
    .flatten({ background: "white" })
    .resize(width, height, { fit: "fill" })
    .toColourspace("srgb")
    .raw()
    .toBuffer();

/** Mean absolute difference, 0–255, of two pictures as they look at a smaller size. */
async function difference(one: Buffer, other: Buffer, width: number, height: number): Promise<number> {
  const [a, b] = [await samples(one, width, height), await samples(other, width, height)];
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;
}

describe("a photo of 12 megapixels", () => {
  let id: string;

  beforeAll(async () => {
    id = await uploaded(await enlargedSample(3000, 4000).jpeg({ quality: 90 }).toBuffer());
  });

  it("comes back at its size, from one drawing, and looks like the smaller ones", async () => {
    const { bytes, answer, limit } = await ask("style=toon", id);
    expect(await shape(bytes)).toEqual({ width: 3000, height: 4000, format: "jpeg" });
    expect([answer.headers.get("Content-Type"), limit]).toEqual(["image/jpeg", null]);
    const small = await ask("style=toon,width=570,format=png", id);
    expect(await difference(bytes, small.bytes, 285, 380)).toBeLessThan(2.5);
    const frames = drawings().filter(({ bytes }) => bytes > 1e6); // the other drawing is the head's
    expect(frames).toHaveLength(1);
    expect(frames[0]?.bytes).toBeLessThan(2e6);
    // XMP says in the large file, too, how it was made.
    expect(bytes.toString("latin1").includes("compositeWithTrainedAlgorithmicMedia")).toBe(true);
  });

  it("gets a format that has room for it where the client leaves it to us", async () => {
    const accept = "image/avif,image/webp,*/*";
    expect(await shape((await ask("style=toon", id, accept)).bytes)).toMatchObject({
      format: "jpeg",
      width: 3000,
    });
    expect(await shape((await ask("style=toon,width=1000", id, accept)).bytes)).toMatchObject({
      format: "webp",
    });
  });
});

// Four megapixels are as far beyond what a network draws and what other formats have room for, in a third of the time.
describe("a photo of 4 megapixels", () => {
  let file: Buffer;
  let id: string;

  beforeAll(async () => {
    file = await enlargedSample(1800, 2400).jpeg({ quality: 90 }).toBuffer();
    id = await uploaded(file);
  });

  it("that lies on its side in its file is upright", async () => {
    const turned = await sharp(file)
      .rotate(90)
      .withMetadata({ orientation: 8 })
      .jpeg({ quality: 95 })
      .toBuffer();
    const [one, other] = [await ask("style=toon", await uploaded(turned)), await ask("style=toon", id)];
    expect(await shape(one.bytes)).toEqual({ width: 1800, height: 2400, format: "jpeg" });
    expect(await difference(one.bytes, other.bytes, 600, 800)).toBeLessThan(3);
  });

  it("has edges of its own: the drawing alone, enlarged, has them softer", async () => {
    const [large, master] = [await ask("style=toon", id), await ask("style=toon,width=570,format=png", id)];
    const steepness = async (picture: Buffer) => {
      const { data, info } = await sharp(picture)
        .resize(1800, 2400, { fit: "fill", kernel: "cubic" })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true });
      let sum = 0;
      for (let i = 0; i + 2 * info.width < data.length; i += 7)
        sum += Math.abs(
          (data[i] as number) - 2 * (data[i + info.width] as number) + (data[i + 2 * info.width] as number),
        );
      return sum;
    };
    expect(await steepness(large.bytes)).toBeGreaterThan(1.1 * (await steepness(master.bytes)));
  });

  it("is cut and sized as asked, by the same part as small ones", async () => {
    const options = "style=toon,fit=cover,gravity=face";
    const large = await ask(`${options},width=1400,height=1400`, id);
    const small = await ask(`${options},width=350,height=350`, id);
    expect(await shape(large.bytes)).toMatchObject({ width: 1400, height: 1400 });
    expect(await difference(large.bytes, small.bytes, 175, 175)).toBeLessThan(4);
  });

  it("fades into the photo with less strength, which is all there is at 0", async () => {
    const [none, half, all] = [
      await ask("style=toon,strength=0", id),
      await ask("style=toon,strength=0.5", id),
      await ask("style=toon", id),
    ];
    expect(await shape(none.bytes)).toEqual({ width: 1800, height: 2400, format: "jpeg" });
    expect(await difference(none.bytes, file, 900, 1200)).toBeLessThan(1.5);
    const whole = await difference(all.bytes, file, 600, 800);
    const part = await difference(half.bytes, file, 600, 800);
    expect(part).toBeGreaterThan(0.3 * whole);
    expect(part).toBeLessThan(0.75 * whole);
  });

  it("is as large as there is memory for in other formats, and says so", async () => {
    const { bytes, limit } = await ask("style=toon,format=webp", id);
    expect(await shape(bytes)).toEqual({ width: 1254, height: 1672, format: "webp" });
    expect(limit).toBe("1800x2400");
    const { bytes: json } = await ask("style=toon,format=json,width=1750", id);
    expect(JSON.parse(json.toString())).toMatchObject({ width: 1750, height: 2333, limitedFrom: null });
    expect((await ask("style=toon,format=webp,width=900", id)).limit).toBe(null);
  });

  it("has another ground behind its people at up to 2 megapixels, and says so", async () => {
    const { bytes, limit } = await ask("style=toon,backdrop=keep", id);
    expect(await shape(bytes)).toEqual({ width: 1254, height: 1672, format: "jpeg" });
    expect(limit).toBe("1800x2400");
    const photo = await sharp(file).resize(1254, 1672, { fit: "fill" }).toBuffer();
    const corner = { left: 0, top: 0, width: 200, height: 200 };
    const [ground, kept] = [
      await sharp(photo).extract(corner).png().toBuffer(),
      await sharp(bytes).extract(corner).png().toBuffer(),
    ];
    expect(await difference(ground, kept, 200, 200)).toBeLessThan(3);
    const cut = await ask("style=toon,backdrop=transparent,format=png,width=1200", id);
    const { data, info } = await sharp(cut.bytes).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([1200, 1600, 4]);
    const alpha = (x: number, y: number) => data[(y * info.width + x) * 4 + 3];
    expect([alpha(5, 5), alpha(1190, 5), alpha(600, 900)]).toEqual([0, 0, 255]);
  });

  it("keeps the shape that was asked for where a format has no room for its pixels", async () => {
    const { bytes, limit } = await ask("style=toon,fit=crop,width=1800,height=900,format=png,strength=0", id);
    const { width, height } = await shape(bytes);
    expect([width, height, limit]).toEqual([1800, 900, null]);
    const avif = await ask("style=toon,fit=crop,width=1800,height=900,format=json,strength=0", id);
    expect(JSON.parse(avif.bytes.toString())).toMatchObject({ width: 1800, height: 900 });
    const webp = await ask("style=toon,fit=crop,width=1800,height=1400,format=webp,strength=0", id);
    const given = await shape(webp.bytes);
    expect((given.width ?? 0) / (given.height ?? 1)).toBeCloseTo(18 / 14, 2);
    expect((given.width ?? 0) * (given.height ?? 0)).toBeGreaterThan(2_080_000);
    expect(webp.limit).toBe("1800x1400");
  });

  it("fills a box of as many pixels as it has, but of no more beyond two megapixels", async () => {
    const { bytes } = await ask(
      "style=toon,fit=cover,width=1800,height=1800,strength=0",
      id,
      "image/webp,*/*",
    );
    expect(await shape(bytes)).toEqual({ width: 1800, height: 1800, format: "jpeg" });
    const url = `${workers.url}/image/style=toon,fit=cover,width=3600,height=3600/upload:${id}`;
    const refused = await fetch(url);
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { detail: string }).detail).toContain("must not enlarge the picture");
  });

  it("is never made larger than it is", async () => {
    const { bytes } = await ask("style=toon,width=9000", id);
    expect(await shape(bytes)).toMatchObject({ width: 1800, height: 2400 });
  });

  it("in fine strokes is drawn anew for large answers, in tiles of one call, of which no border is to be seen", async () => {
    const { bytes } = await ask("style=engraving,faces=none,width=1200", id);
    expect(await shape(bytes)).toMatchObject({ width: 1200, height: 1600 });
    expect(drawings()).toHaveLength(1);
    const { drawn } = JSON.parse(
      (await ask("style=engraving,faces=none,width=1200,format=json", id)).bytes.toString(),
    );
    expect(drawn).toEqual({ width: 1254, height: 1672 });
    expect(drawings()).toHaveLength(1);
  });
});

it("small heads are drawn once more for large answers, from the photo's own pixels", async () => {
  const [width, height] = [2400, 1800];
  const cells = cellsOf(3, 1, 675).map((cell) => ({ ...cell, left: cell.left + 75, top: cell.top + 150 }));
  const people = await group(sample, width, height, cells);
  const id = await uploaded(await sharp(people).flatten().jpeg({ quality: 92 }).toBuffer());
  const small = await ask("style=toon,width=768,format=png", id);
  expect(small.answer.headers.get("Stylegate-Faces")).toBe("3");
  expect(drawings()).toHaveLength(2); // the frame and three heads
  const large = await ask("style=toon", id);
  expect(await shape(large.bytes)).toMatchObject({ width, height });
  expect(drawings()).toHaveLength(3);
  await ask("style=toon,width=2000", id);
  const between = await ask("style=toon,width=1000,format=png", id); // smaller than the drawing with large heads
  expect(await shape(between.bytes)).toMatchObject({ width: 1000, height: 750 });
  expect(await difference(between.bytes, small.bytes, 384, 288)).toBeLessThan(4);
  expect(drawings()).toHaveLength(3);
  expect(await difference(large.bytes, small.bytes, 384, 288)).toBeLessThan(4);
  // Another style's own large drawing is not taken for one with large heads.
  await ask("style=engraving,width=900", id);
  const { bytes: json } = await ask("style=engraving,format=json", id);
  expect(JSON.parse(json.toString()).drawn).toMatchObject({ width: 1672 });
  expect(drawings().filter(({ model }) => model?.includes("engraving"))).toHaveLength(5);
  // Eyes are sharper than those of the small drawing.
  const steepness = async (picture: Buffer) => {
    const { left, top, side } = cells[0] as Cell;
    const whole = await sharp(picture)
      .resize(width, height, { fit: "fill", kernel: "cubic" })
      .greyscale()
      .toBuffer();
    const { data, info } = await sharp(whole)
      .extract({
        left: left + Math.round(side * 0.3),
        top: top + Math.round(side * 0.4),
        width: Math.round(side * 0.4),
        height: Math.round(side * 0.3),
      })
      .raw()
      .toBuffer({ resolveWithObject: true });
    let sum = 0;
    for (let i = 0; i + 8 * info.width < data.length; i++)
      sum += Math.abs((data[i] as number) - (data[i + 8 * info.width] as number));
    return sum;
  };
  expect(await steepness(large.bytes)).toBeGreaterThan(1.1 * (await steepness(small.bytes)));
});

/** A slope from left to right, and a cheek, 2000 × 900. */
const SMOOTH: Record<string, () => Promise<Buffer>> = {
  "a plain gradient": () => {
    const ramp = Uint8Array.from({ length: 2000 * 900 * 3 }, (_, i) => 60 + (Math.floor(i / 3) % 2000) / 16);
    return sharp(ramp, { raw: { width: 2000, height: 900, channels: 3 } })
      .png()
      .toBuffer();
  },
  skin: async () =>
    sharp(await sharp(sample).extract({ left: 196, top: 126, width: 40, height: 18 }).toBuffer())
      .resize(2000, 900, { kernel: "cubic" })
      .png()
      .toBuffer(),
};

it.each(Object.entries(SMOOTH))("%s in tiles has no step where they meet", async (_, make) => {
  const id = await uploaded(await make());
  const { bytes } = await ask("style=engraving,faces=none,format=png", id);
  expect(drawings()).toHaveLength(1);
  const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
  // Means of columns: strokes average out, a border of tiles would not.
  const columns = Array.from({ length: info.width }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < info.height; y++) sum += data[y * info.width + x] as number;
    return sum / info.height;
  });
  const mean = (from: number) => columns.slice(from, from + 24).reduce((sum, value) => sum + value, 0) / 24;
  const steps = columns.slice(24, -24).map((_, i) => Math.abs(mean(i + 24) - mean(i)));
  const sorted = steps.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] as number;
  expect(Math.max(...steps)).toBeLessThan(median + 6);
});

it("a photo with transparency keeps it, at as many pixels as PNG has room for", async () => {
  const hole = await sharp({ create: { width: 1000, height: 1800, channels: 4, background: "#fff" } })
    .png()
    .toBuffer();
  const file = await enlargedSample(2000, 1800)
    .ensureAlpha()
    .composite([{ input: hole, left: 0, top: 0, blend: "dest-out" }])
    .png()
    .toBuffer();
  const { bytes, limit } = await ask("style=toon,format=png", await uploaded(file));
  const { width, height, hasAlpha } = await sharp(bytes).metadata();
  expect([width, height, hasAlpha, limit]).toEqual([1526, 1373, true, "2000x1800"]);
  const raw = await sharp(bytes).raw().toBuffer();
  const alpha = (x: number, y: number) => raw[(y * 1526 + x) * 4 + 3];
  expect([alpha(10, 10), alpha(700, 700), alpha(830, 700), alpha(1500, 1300)]).toEqual([0, 0, 255, 255]);
});
