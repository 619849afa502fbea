import { readFile } from "node:fs/promises";
import sharp from "sharp";
import type { Service } from "../service/service.ts";
import type { Entry, Face, Outcome, Shown, Size } from "./entry.ts";
import { readServerTiming } from "./server-timing.ts";

/** Pixels of the longer side of what is shown: hundreds of pictures are to fit into one file. */
const SIDE = 576;

/** Has the service draw a file, and asks what it did. Never throws because of the file. */
export async function drawFile(file: string, name: string, style: string, service: Service): Promise<Entry> {
  const bytes = await readFile(file);
  const uploaded = await fetch(`${service.url}/v1/uploads`, { method: "POST", body: new Uint8Array(bytes) });
  if (!uploaded.ok) {
    const outcome = await problemOf(uploaded);
    return { name, bytes: bytes.length, photo: await reduced(bytes), outcome };
  }
  const { id } = (await uploaded.json()) as { id: string };
  const ask = (options: string) =>
    fetch(`${service.url}/image/style=${style},width=${SIDE},height=${SIDE},${options}/upload:${id}`);
  const outcome = await outcomeOf(ask, service);
  const photo =
    (await reduced(bytes)) ?? (outcome.kind === "drawn" ? await decodedByService(ask) : undefined);
  return { name, bytes: bytes.length, photo, outcome };
}

type Ask = (options: string) => Promise<Response>;

async function outcomeOf(ask: Ask, { inferences }: Service): Promise<Outcome> {
  inferences();
  const began = performance.now();
  const answer = await ask("format=webp");
  if (!answer.ok) return problemOf(answer);
  const body = Buffer.from(await answer.arrayBuffer());
  const took = performance.now() - began;
  const calls = [...inferences()];
  const telling = await ask("format=json");
  if (!telling.ok) return problemOf(telling);
  const { width, height, original, drawn, faces } = (await telling.json()) as Size & {
    original: Size;
    drawn: Size;
    faces: Face[] | null;
  };
  const timed = readServerTiming(answer.headers.get("Server-Timing") ?? "");
  const steps = timed.filter(({ step }) => !step.startsWith("infer_")); // the endpoints' own time, which is in the steps already
  return {
    kind: "drawn",
    drawing: shown(body, { width, height }),
    original,
    drawn,
    faces,
    steps,
    took,
    calls,
  };
}

/** RFC 9457's, or what a runtime in distress says. */
async function problemOf(answer: Response): Promise<Outcome> {
  const text = await answer.text();
  try {
    const { code, title, detail } = JSON.parse(text) as Record<string, unknown>;
    return { kind: "problem", code: String(code), title: String(title), detail: String(detail) };
  } catch {
    const title = "The answer is no problem as the service writes them";
    return { kind: "problem", code: `status ${answer.status}`, title, detail: text.trim().slice(0, 300) };
  }
}

/** By another decoder than the service's, so that what that one does wrong can be seen. */
async function reduced(bytes: Buffer): Promise<Shown | undefined> {
  try {
    const { data, info } = await sharp(bytes)
      .rotate()
      .resize(SIDE, SIDE, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: 78 })
      .toBuffer({ resolveWithObject: true });
    return shown(data, info);
  } catch {
    return undefined;
  }
}

/** HEIC, which sharp is not built for. */
async function decodedByService(ask: Ask): Promise<Shown | undefined> {
  const answer = await ask("strength=0,format=webp");
  if (!answer.ok) return undefined;
  const body = Buffer.from(await answer.arrayBuffer());
  return shown(body, (await sharp(body).metadata()) as Size);
}

const shown = (webp: Buffer, { width, height }: Size): Shown => ({
  width,
  height,
  bytes: webp.length,
  url: `data:image/webp;base64,${webp.toString("base64")}`,
});
