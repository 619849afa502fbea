import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Cell, cellsOf, group, HEAD } from "./support/group.ts";
import { type Inference, startInference } from "./support/inference.ts";
import { INFERENCE_HOST, type Internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// Pictures of no, one, eight and sixty faces in the service as it is deployed, with the face detector and a network as they are served.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let inference: Inference;
let workers: Workers;
let sample: Buffer;
/** Models, as often as they were asked. */
const asked: (string | undefined)[] = [];

/** The middle of the face, in the square of a head. */
const FACE = { x: 0.5, y: 0.57 };

beforeAll(async () => {
  sample = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
  inference = await startInference(["ttn_handdrawn_int8", "face_detector"]);
  const outbound: Internet = async (incoming, outgoing) => {
    asked.push(/models\/(\w+)\/infer$/.exec(incoming.url ?? "")?.[1]);
    const { host, ...headers } = incoming.headers as Record<string, string>;
    const body = await buffer(incoming);
    const answer = await fetch(inference.url + incoming.url, { method: "POST", headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(bytes);
  };
  const variables = { INFERENCE_URL: `http://${INFERENCE_HOST}`, MODEL_SUFFIX: "_int8", MAX_FACES: "64" };
  workers = await startWorkers((modules) => [stylegate("stylegate", modules, variables, { outbound })]);
});

afterAll(async () => {
  await workers?.stop();
  await inference?.stop();
});

beforeEach(() => void asked.splice(0));

const times = (model: string) => asked.filter((name) => name === model).length;

type Told = {
  faces: { x: number; y: number; width: number; height: number; score: number; drawn: string }[] | null;
};

async function draw(picture: Buffer) {
  const ask = (path: string, init?: RequestInit) => fetch(workers.url + path, init);
  const { id } = (await (
    await ask("/v1/uploads", { method: "POST", body: new Uint8Array(picture) })
  ).json()) as {
    id: string;
  };
  const answer = await ask(`/image/style=handdrawn,format=png/upload:${id}`);
  expect(answer.status).toBe(200);
  const calls = { drawing: times("ttn_handdrawn_int8"), detecting: times("face_detector") };
  const bytes = Buffer.from(await answer.arrayBuffer());
  const { faces } = (await (await ask(`/image/style=handdrawn,format=json/upload:${id}`)).json()) as Told;
  const plain = await ask(`/image/style=handdrawn,format=png,faces=none/upload:${id}`);
  return { answer, bytes, calls, faces: faces ?? [], plain: Buffer.from(await plain.arrayBuffer()), id };
}

/** How far the two differ, on average, within a part of them. */
async function difference(a: Buffer, b: Buffer, { left, top, side }: Cell): Promise<number> {
  const part = (picture: Buffer) =>
    sharp(picture).removeAlpha().extract({ left, top, width: side, height: side }).raw().toBuffer();
  const [one, other] = [await part(a), await part(b)];
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] as number)), 0) / one.length;
}

it("nobody in the picture: it is drawn, and looked at in every way up", async () => {
  const { answer, calls, faces, bytes, plain } = await draw(await group(sample, 400, 300, []));
  expect(answer.headers.get("Stylegate-Faces")).toBe("0");
  expect(faces).toEqual([]);
  expect(calls).toEqual({ drawing: 1, detecting: 2 });
  expect(await difference(bytes, plain, { left: 0, top: 0, side: 300 })).toBe(0);
});

describe.each([
  { number: 1, columns: 1, rows: 1, side: 160, width: 640, height: 480, drawing: 2 },
  { number: 8, columns: 4, rows: 2, side: 160, width: 768, height: 512, drawing: 2 },
  { number: 60, columns: 10, rows: 6, side: 72, width: 768, height: 512, drawing: 9 },
])("$number in the picture", ({ number, columns, rows, side, width, height, drawing }) => {
  it(`are all found, and drawn in ${drawing - 1} calls beside the frame`, async () => {
    const cells = cellsOf(columns, rows, side);
    const { answer, calls, faces, bytes, plain } = await draw(await group(sample, width, height, cells));
    expect(answer.headers.get("Stylegate-Faces")).toBe(`${number}`);
    expect(calls).toEqual({ drawing, detecting: 1 });
    expect(faces).toHaveLength(number);
    expect(new Set(faces.map(({ drawn }) => drawn))).toEqual(new Set(["head"]));
    for (const cell of cells) {
      const [x, y] = [cell.left + FACE.x * side, cell.top + FACE.y * side];
      const near = faces.filter(
        (face) =>
          Math.abs(face.x + face.width / 2 - x) < side / 5 &&
          Math.abs(face.y + face.height / 2 - y) < side / 5,
      );
      expect(near, `${cell.left} ${cell.top}`).toHaveLength(1);
      expect(await difference(bytes, plain, cell)).toBeGreaterThan(1);
    }
    const away = { left: width - 100, top: height - 50, side: 50 };
    expect(await difference(bytes, plain, away)).toBe(0);
  });
});

it("a portrait that lies on its side is found, turned", async () => {
  const { answer, faces, calls } = await draw(await sharp(sample).rotate(90).png().toBuffer());
  expect(answer.headers.get("Stylegate-Faces")).toBe("1");
  expect(calls).toEqual({ drawing: 2, detecting: 3 });
  const [face] = faces;
  const [x, y] = [512 - (HEAD.top + FACE.y * HEAD.height), HEAD.left + FACE.x * HEAD.width];
  expect(Math.abs((face?.x ?? 0) + (face?.width ?? 0) / 2 - x)).toBeLessThan(25);
  expect(Math.abs((face?.y ?? 0) + (face?.height ?? 0) / 2 - y)).toBeLessThan(25);
});
