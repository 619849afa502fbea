import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../../src/edge/app.ts";
import type { Bindings } from "../../../src/edge/bindings.ts";
import { INFERENCE_HOST } from "../hosts.ts";
import type { SeenFace } from "../seen-face.ts";

/** The Worker's bindings as wrangler.toml and vitest.config.ts set them, in workerd. */
export const bindings = env as unknown as Bindings;

export type Asked = {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | ReadableStream<Uint8Array>;
  env?: Partial<Bindings>;
};

/** Asks the Worker, and waits for what it does after the answer too. */
export async function ask(path: string, { method = "GET", headers = {}, body, env = {} }: Asked = {}) {
  const context = createExecutionContext();
  const request = new Request(`https://stylegate.localhost${path}`, { method, headers, body: body ?? null });
  const answer = await app.fetch(request, { ...bindings, ...env }, context);
  const bytes = new Uint8Array(await answer.clone().arrayBuffer());
  await waitOnExecutionContext(context);
  return Object.assign(answer, { bytes });
}

export async function upload(body: Uint8Array): Promise<string> {
  const answer = await ask("/v1/uploads", { method: "POST", body });
  if (answer.status !== 201) throw new Error(await answer.text());
  return ((await answer.json()) as { id: string }).id;
}

/** Has this data centre's cache forget an answer's variant; says under which name it is stored. */
export async function uncache(answer: Response): Promise<string> {
  const tag = answer.headers.get("ETag")?.slice(1, -1) ?? "";
  const { objects } = await bindings.PICTURES.list({ prefix: "variants/" });
  const key = objects.find(({ key }) => key.endsWith(`/${tag}`))?.key;
  if (!key) throw new Error("it is not stored");
  await caches.default.delete(`https://stylegate.invalid/${key}`);
  return key;
}

/** Of an answer that should be a problem: its code. */
export async function problemOf(answer: Response): Promise<string> {
  if (answer.headers.get("Content-Type") !== "application/problem+json")
    throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { code: string }).code;
}

/** The same, or `ok`. */
export const codeOf = async (answer: Response): Promise<string> => (answer.ok ? "ok" : problemOf(answer));

/** The names of all that is stored, below a prefix. */
export const stored = async (prefix = ""): Promise<string[]> =>
  (await bindings.PICTURES.list({ prefix })).objects.map(({ key }) => key);

/** hit, master or miss. */
export const found = (answer: Response) =>
  /cache;desc=(\w+)/.exec(answer.headers.get("Server-Timing") ?? "")?.[1];

/** What the face detector sees in pictures of this size from now on. */
export async function showFaces(
  size: string,
  faces: SeenFace[] | "status 503" | "status 404",
): Promise<void> {
  const body = typeof faces === "string" ? faces : JSON.stringify(faces);
  await (await fetch(`http://${INFERENCE_HOST}/faces/${size}`, { method: "PUT", body })).text();
}

/** How often the face detector was asked. */
export async function detections(): Promise<number> {
  return Number(await (await fetch(`http://${INFERENCE_HOST}/detections`)).text());
}

/** Who the segmenter sees in pictures of this size from now on: somebody in the middle half, or nobody. */
export async function showPeople(size: string, who: "middle" | "nobody" | "status 503" | "status 404") {
  await (await fetch(`http://${INFERENCE_HOST}/people/${size}`, { method: "PUT", body: who })).text();
}

/** How often the segmenter was asked. */
export async function segmentations(): Promise<number> {
  return Number(await (await fetch(`http://${INFERENCE_HOST}/segmentations`)).text());
}

/** How often the networks were asked to draw. */
export async function inferences(): Promise<number> {
  return Number(await (await fetch(`http://${INFERENCE_HOST}/inferences`)).text());
}
