import { setTimeout } from "node:timers/promises";
import {
  type Datatype,
  decodeInferResponse,
  encodeInferRequest,
  HEADER_LENGTH,
  type InferRequest,
  type InferResponse,
  JSON_TYPE,
  type ModelMetadata,
  type Tensor,
} from "../../src/contract/oip.ts";
import type { Sent } from "./arguments.ts";
import type { Picture } from "./picture.ts";

export type Answer = { status: number; headers: Headers; bytes: Uint8Array };

/** Milliseconds for one answer: a small picture takes a tenth of a second on one core. */
const TIMEOUT = 60_000;

type Wishes = Pick<InferRequest, "id" | "parameters"> & Pick<RequestInit, "headers" | "signal">;

export type Known = {
  url: string;
  headers: Sent;
  /** As the server says, which may claim less than it can. */
  extensions: readonly string[];
  model: ModelMetadata;
};

/** Any server of the protocol, and the model of it that the checks draw with: pictures in, pictures of the same size out. */
export class Endpoint {
  readonly url: string;
  readonly headers: Sent;
  readonly extensions: readonly string[];
  readonly model: ModelMetadata;
  readonly #drawn = new Map<string, Promise<Uint8Array>>();

  constructor({ url, headers, extensions, model }: Known) {
    this.url = url;
    this.headers = headers;
    this.extensions = extensions;
    this.model = model;
  }

  async get(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...this.headers, ...(init.headers as Record<string, string> | undefined) };
    const signal = init.signal ?? AbortSignal.timeout(TIMEOUT);
    const response = await fetch(`${this.url}${path}`, { redirect: "manual", ...init, headers, signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  }

  get inferPath(): string {
    return `/v2/models/${this.model.name}/infer`;
  }

  /** Whatever body, as it is. */
  post(body: BodyInit, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Answer> {
    const all = { ...headers, ...(init.headers as Record<string, string> | undefined) };
    return this.get(this.inferPath, { ...init, method: "POST", body, headers: all });
  }

  json(request: unknown): Promise<Answer> {
    return this.post(JSON.stringify(request), { "content-type": JSON_TYPE });
  }

  /** With the pictures as binary data. */
  binary(
    picture: Picture,
    asked: Partial<Omit<InferRequest, "inputs">> = {},
    init: RequestInit = {},
  ): Promise<Answer> {
    const { body, headers } = encodeInferRequest({ ...asked, inputs: [this.tensor(picture)] });
    return this.post(body, headers, init);
  }

  tensor({ count, height, width, bytes }: Picture): Tensor {
    return { name: this.input, datatype: "UINT8", shape: [count, height, width, 3], bytes };
  }

  /** The same for JSON. */
  jsonTensor(picture: Picture): { name: string; datatype: Datatype; shape: number[]; data: number[] } {
    const { name, datatype, shape, bytes } = this.tensor(picture);
    return { name, datatype, shape, data: [...bytes] };
  }

  get input(): string {
    return this.model.inputs[0]?.name ?? "";
  }

  get output(): string {
    return this.model.outputs[0]?.name ?? "";
  }

  /** As the Worker asks: the picture, and the drawing of it, as binary data. */
  draw(picture: Picture, { id, parameters, ...init }: Wishes = {}): Promise<Answer> {
    const { body, headers } = this.request(picture, { id, parameters });
    return this.post(body, headers, init);
  }

  /** The same, and again while the server says that it is busy, which what came before may have left it: when it says, for as long as one answer may take. */
  async drawPatiently(picture: Picture): Promise<Answer> {
    const until = performance.now() + TIMEOUT;
    for (;;) {
      const answer = await this.draw(picture);
      const seconds = Number(answer.headers.get("retry-after")) || 1;
      if (answer.status !== 503 || performance.now() + seconds * 1000 > until) return answer;
      await setTimeout(seconds * 1000);
    }
  }

  /** The request for that. */
  request(picture: Picture, asked: Pick<InferRequest, "id" | "parameters"> = {}) {
    const outputs = [{ name: this.output, binary: true }];
    return encodeInferRequest({ ...asked, inputs: [this.tensor(picture)], outputs });
  }

  /** @throws Error where it is none that was drawn */
  drawingOf(answer: Answer): Uint8Array {
    return outputOf(decoded(answer), this.output).bytes;
  }

  /** What the model makes of it, asked as the Worker asks, once for all checks. */
  drawn(picture: Picture): Promise<Uint8Array> {
    const known = this.#drawn.get(picture.name);
    if (known !== undefined) return known;
    const drawing = this.drawPatiently(picture).then((answer) => this.drawingOf(answer));
    this.#drawn.set(picture.name, drawing);
    return drawing;
  }
}

/** @throws Error that says what the answer is instead */
export function decoded({ status, headers, bytes }: Answer): InferResponse {
  if (status !== 200) throw new Error(`status ${status} and ${textOf(bytes)}`);
  return decodeInferResponse(bytes, headers.get(HEADER_LENGTH));
}

export function outputOf(response: InferResponse, name: string): Tensor {
  const output = response.outputs.find((candidate) => candidate.name === name);
  if (output === undefined) throw new Error(`no output "${name}"`);
  return output;
}

/** An answer's beginning, for an explanation. */
export function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 200));
  return text === "" ? "an empty body" : JSON.stringify(text);
}

export function jsonOf({ bytes }: Answer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error(`expected JSON, got ${textOf(bytes)}`);
  }
}
