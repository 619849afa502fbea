import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Inference, startInference } from "./support/inference.ts";
import { INFERENCE_HOST, type Internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// A portrait before other grounds in the service as it is deployed, with the segmenter and a network as they are served.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let inference: Inference;
let workers: Workers;
let id: string;
let isAway = false;

/** Of the sample's 512 pixels: wall above on the left, the forehead, the chest. */
const WALL = { left: 4, top: 4, width: 60, height: 60 };
const FACE = { left: 205, top: 110, width: 40, height: 40 };

beforeAll(async () => {
  const sample = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
  inference = await startInference(["ttn_handdrawn_int8", "person_segmenter"]);
  const outbound: Internet = async (incoming, outgoing) => {
    if (isAway && incoming.url?.includes("person_segmenter")) return outgoing.writeHead(503).end();
    const { host, ...headers } = incoming.headers as Record<string, string>;
    const body = await buffer(incoming);
    const answer = await fetch(inference.url + incoming.url, { method: "POST", headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(bytes);
  };
  const variables = { INFERENCE_URL: `http://${INFERENCE_HOST}`, MODEL_SUFFIX: "_int8", MAX_FACES: "0" };
  workers = await startWorkers((modules) => [stylegate("stylegate", modules, variables, { outbound })]);
  const posted = await fetch(`${workers.url}/v1/uploads`, { method: "POST", body: new Uint8Array(sample) });
  id = ((await posted.json()) as { id: string }).id;
});

afterAll(async () => {
  await workers?.stop();
  await inference?.stop();
});

const ask = (options: string) => fetch(`${workers.url}/image/style=handdrawn,${options}/upload:${id}`);

async function picture(options: string): Promise<Buffer> {
  const answer = await ask(`${options},format=png`);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

type Part = typeof WALL;
const part = (file: Buffer, where: Part) => sharp(file).ensureAlpha().extract(where).raw().toBuffer();

async function difference(a: Buffer, b: Buffer, where: Part): Promise<number> {
  const [one, other] = [await part(a, where), await part(b, where)];
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] as number)), 0) / one.length;
}

/** How much pixels differ from their neighbours on the right, on average. */
async function roughness(file: Buffer, where: Part): Promise<number> {
  const next = { ...where, left: where.left + 1 };
  const [here, beside] = [await part(file, where), await part(file, next)];
  return here.reduce((sum, value, i) => sum + Math.abs(value - (beside[i] as number)), 0) / here.length;
}

it("a segmenter that is away makes no picture, and the next one is made", async () => {
  isAway = true;
  const answer = await ask("backdrop=transparent,format=png");
  expect(await answer.json()).toMatchObject({ code: "inference_unavailable" });
  isAway = false;
  expect((await ask("backdrop=transparent,format=png")).status).toBe(200);
});

it("keep: the face is drawn, what is behind it is the photo", async () => {
  const [kept, drawn, photo] = [
    await picture("backdrop=keep"),
    await picture("width=512"),
    await picture("strength=0"),
  ];
  expect(await difference(kept, photo, WALL)).toBe(0);
  expect(await difference(kept, drawn, FACE)).toBe(0);
  expect(await difference(photo, drawn, FACE)).toBeGreaterThan(3);
});

it("blur: only what is behind is out of focus", async () => {
  const [blurred, drawn] = [await picture("backdrop=blur"), await picture("width=512")];
  expect(await difference(blurred, drawn, FACE)).toBe(0);
  expect(await difference(blurred, drawn, WALL)).toBeGreaterThan(0.1);
  expect(await roughness(blurred, WALL)).toBeLessThan((await roughness(drawn, WALL)) / 2);
});

it("transparent: nothing in the corner, the whole face", async () => {
  const cut = await picture("backdrop=transparent");
  const alpha = async (where: Part) => (await part(cut, where)).filter((_, i) => i % 4 === 3);
  expect(new Set(await alpha(WALL))).toEqual(new Set([0]));
  expect(new Set(await alpha(FACE))).toEqual(new Set([255]));
});

it("a colour is in the corner", async () => {
  const corner = await part(await picture("backdrop=%23336699"), { left: 4, top: 4, width: 1, height: 1 });
  expect([...corner]).toEqual([0x33, 0x66, 0x99, 255]);
});
