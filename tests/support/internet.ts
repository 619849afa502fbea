import { createHash } from "node:crypto";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { decodeInferRequest, encodeInferResponse, HEADER_LENGTH } from "../../src/contract/oip.ts";
import { fakeCollector } from "./collector.ts";
import { INFERENCE_HOST } from "./hosts.ts";
import { png } from "./png.ts";
import type { SeenFace } from "./seen-face.ts";

export { INFERENCE_HOST };

/**
 * The internet as the Workers under test see it: their outbound service, so every request they send arrives here, whatever its host. The
 * host `inference.example.net` is the embedded inference server; every other host is an origin that does what the URL says:
 *
 * `/png?seed=&width=&height=&alpha=&cache-control=&etag=`  a picture; with `etag` conditional requests are answered with 304
 * `/status/503`, `/redirect?to=`, `/body?text=`            any status, a redirect, bytes that are no picture
 * `/hang`, `/drip`, `/break`, `/refuse`                    no answer; an endless slow one; one that ends in its middle; none at all
 * `/bytes?length=&announce=`                               so many bytes that begin as a PNG, with a Content-Length or in chunks
 * `/text?length=`                                          so many that are no picture
 * `/echo/{key}`                                            a picture; what it was asked with is told by `/log/{key}`, the path as `url`
 * `/place/{key}`                                           whatever was PUT there, else 404; `X-Headers` of the PUT, as JSON, are the
 *                                                          answer's headers; of the body `status 503` only the status is sent
 *
 * `http://inference.example.net/inferences` tells how often the networks were asked to draw. Its face detector sees what a test has PUT to
 * `/faces/{width}x{height}` for pictures of that size, a list of faces or `status 503`, and nothing in others; `/detections` tells how
 * often it was asked. Its segmenter sees what has been PUT to `/people/{width}x{height}`: `middle`, somebody in the middle half, `status 503`,
 * or else nobody; `/segmentations` tells how often it was asked. At `http://inference.example.net/painter/{anything}` a network draws at once: heads of 288 pixels all red, all else gray;
 * where its path ends with `frames` it draws no heads. It says that it waited 2.5 ms and took 40; `/log/{anything}` of any origin tells what it
 * was asked with, a question to a network with its `parameters`. Traces go to `http://otlp.example.net`: collector.ts.
 */
export type Internet = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

export function internet(inferenceUrl: string): Internet {
  const state: State = { places: new Map(), log: new Map() };
  let inferences = 0;
  const detector = fakeDetector();
  const segmenter = fakeSegmenter();
  const collector = fakeCollector();
  const remember = (key: string, { headers, method, url }: IncomingMessage) => {
    const asked: Record<string, unknown> = { ...headers, method, url };
    state.log.set(key, [...(state.log.get(key) ?? []), asked]);
    return asked;
  };
  return (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
    const key = url.pathname.split("/")[2] ?? "";
    if (collector(url, incoming, outgoing)) return;
    if (url.hostname === INFERENCE_HOST) {
      if (url.pathname === "/inferences") return void outgoing.end(String(inferences));
      if (detector(url, incoming, outgoing) || segmenter(url, incoming, outgoing)) return;
      if (url.pathname.endsWith("/infer")) inferences++;
      if (url.pathname.startsWith("/painter/")) {
        return void paint(incoming, outgoing, remember(key, incoming));
      }
      return forward(incoming, outgoing, new URL(url.pathname + url.search, inferenceUrl));
    }
    remember(key, incoming);
    origin(url, incoming, outgoing, state);
  };
}

/** Says whether the request was one for it. */
function fakeDetector() {
  const seen = new Map<string, string>();
  let detections = 0;
  return (url: URL, incoming: IncomingMessage, outgoing: ServerResponse): boolean => {
    const [, kind, size = ""] = url.pathname.split("/");
    if (kind === "detections") {
      outgoing.end(String(detections));
    } else if (kind === "faces") {
      buffer(incoming).then((body) => outgoing.end(void seen.set(size, body.toString())));
    } else if (url.pathname.endsWith("/face_detector/infer")) {
      detections++;
      buffer(incoming).then((body) => answerFaces(body, incoming, outgoing, seen));
    } else return false;
    return true;
  };
}

/** Says whether the request was one for it. */
function fakeSegmenter() {
  const seen = new Map<string, string>();
  let segmentations = 0;
  return (url: URL, incoming: IncomingMessage, outgoing: ServerResponse): boolean => {
    const [, kind, size = ""] = url.pathname.split("/");
    if (kind === "segmentations") {
      outgoing.end(String(segmentations));
    } else if (kind === "people") {
      buffer(incoming).then((body) => outgoing.end(void seen.set(size, body.toString())));
    } else if (url.pathname.endsWith("/person_segmenter/infer")) {
      segmentations++;
      buffer(incoming).then((body) => answerMatte(body, incoming, outgoing, seen));
    } else return false;
    return true;
  };
}

function answerMatte(
  body: Uint8Array,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  seen: ReadonlyMap<string, string>,
) {
  const [, height = 0, width = 0] = inputOf(body, incoming)?.shape ?? [];
  const given = seen.get(`${width}x${height}`) ?? "nobody";
  if (given.startsWith("status ")) return outgoing.writeHead(Number(given.slice(7))).end();
  const isPerson = (x: number) => given === "middle" && x >= width / 4 && x < (width * 3) / 4;
  const bytes = Uint8Array.from({ length: width * height }, (_, at) => (isPerson(at % width) ? 255 : 0));
  const outputs = [
    { name: "matte", datatype: "UINT8" as const, shape: [1, height, width], bytes, binary: true },
  ];
  const answer = encodeInferResponse({ model_name: "person_segmenter", outputs });
  return outgoing.writeHead(200, answer.headers).end(answer.body);
}

async function paint(incoming: IncomingMessage, outgoing: ServerResponse, asked: Record<string, unknown>) {
  if (incoming.method === "GET") return outgoing.end(); // ready, whatever the model
  const { inputs, parameters } = requestOf(await buffer(incoming), incoming);
  asked.parameters = parameters;
  const shape = inputs[0]?.shape ?? [];
  const isHead = shape[1] === 288 && shape[2] === 288;
  if (isHead && incoming.url?.includes("/frames/")) return outgoing.writeHead(503).end();
  const colour = isHead ? [255, 0, 0] : [128, 128, 128];
  const bytes = new Uint8Array(shape.reduce((product, side) => product * side, 1));
  for (let at = 0; at < bytes.length; at += 3) bytes.set(colour, at);
  const outputs = [{ name: "stylized", datatype: "UINT8" as const, shape, bytes, binary: true }];
  const { headers, body } = encodeInferResponse({ model_name: "painter", outputs });
  outgoing.writeHead(200, { ...headers, "Server-Timing": "queue;dur=2.5, compute;dur=40" }).end(body);
}

const requestOf = (body: Uint8Array, { headers }: IncomingMessage) =>
  decodeInferRequest(body, String(headers[HEADER_LENGTH.toLowerCase()]));

const inputOf = (body: Uint8Array, incoming: IncomingMessage) => requestOf(body, incoming).inputs[0];

function answerFaces(
  body: Uint8Array,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  seen: ReadonlyMap<string, string>,
) {
  const [, height, width] = inputOf(body, incoming)?.shape ?? [];
  const given = seen.get(`${width}x${height}`) ?? "[]";
  if (given.startsWith("status ")) return outgoing.writeHead(Number(given.slice(7))).end();
  const faces: SeenFace[] = JSON.parse(given);
  const output = (name: string, shape: number[], values: number[]) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    return { name, datatype: "FP32" as const, shape: [faces.length, ...shape], bytes, binary: true };
  };
  const answer = encodeInferResponse({
    model_name: "face_detector",
    outputs: [
      output(
        "boxes",
        [4],
        faces.flatMap(({ box }) => box),
      ),
      output(
        "scores",
        [],
        faces.map(({ score }) => score),
      ),
      output(
        "landmarks",
        [5, 2],
        faces.flatMap(({ landmarks }) => landmarks),
      ),
    ],
  });
  return outgoing.writeHead(200, answer.headers).end(answer.body);
}

type Place = { body: Buffer; headers: Record<string, string> };

type State = { places: Map<string, Place>; log: Map<string, Record<string, unknown>[]> };

async function origin(url: URL, incoming: IncomingMessage, outgoing: ServerResponse, { places, log }: State) {
  const [, kind = "", key = ""] = url.pathname.split("/");
  const query = url.searchParams;
  switch (kind) {
    case "png":
    case "echo":
      return sendPicture(url, incoming, outgoing);
    case "log":
      log.get(key)?.pop(); // asking is not part of it
      return outgoing.end(JSON.stringify(log.get(key) ?? []));
    case "status":
      return outgoing.writeHead(Number(key), { "Content-Type": "text/html" }).end("<h1>no</h1>");
    case "redirect":
      return outgoing.writeHead(302, { Location: query.get("to") ?? "" }).end();
    case "body":
      return outgoing.end(query.get("text"));
    case "bytes":
      return sendBytes(outgoing, Number(query.get("length")), query.get("announce"));
    case "text":
      return sendBytes(outgoing, Number(query.get("length")), null, "<html>");
    case "drip":
      outgoing.write(png());
      return;
    case "break":
      outgoing.writeHead(200, { "Content-Length": 1000 }).write("half");
      return setImmediate(() => outgoing.destroy());
    case "refuse":
      return incoming.socket.destroy();
    case "hang":
      return;
    case "place": {
      if (incoming.method === "PUT") {
        const headers = JSON.parse(String(incoming.headers["x-headers"] ?? "{}"));
        places.set(key, { body: await buffer(incoming), headers });
      }
      if (incoming.method === "DELETE") places.delete(key);
      const { body, headers } = places.get(key) ?? { body: Buffer.from("status 404"), headers: {} };
      const status = Number(/^status (\d{3})$/.exec(body.subarray(0, 10).toString("latin1"))?.[1] ?? 200);
      return outgoing.writeHead(status, headers).end(status === 200 ? body : undefined);
    }
    default:
      return outgoing.writeHead(404).end();
  }
}

function sendPicture({ searchParams: query }: URL, incoming: IncomingMessage, outgoing: ServerResponse) {
  const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {});
  const bytes = png({
    ...number("seed"),
    ...number("width"),
    ...number("height"),
    alpha: query.has("alpha"),
  });
  const headers: Record<string, string> = { "Content-Type": "image/png" };
  const cacheControl = query.get("cache-control");
  if (cacheControl !== null) headers["Cache-Control"] = cacheControl;
  if (query.has("etag")) {
    headers.ETag = `"${createHash("sha1").update(bytes).digest("hex")}"`;
    if (incoming.headers["if-none-match"] === headers.ETag) return outgoing.writeHead(304, headers).end();
  }
  return outgoing.writeHead(200, { ...headers, "Content-Length": bytes.length }).end(bytes);
}

function sendBytes(
  outgoing: ServerResponse,
  length: number,
  announced: string | null,
  first: string | Uint8Array = png().subarray(0, 8),
) {
  if (announced !== null) outgoing.setHeader("Content-Length", announced);
  const chunk = Buffer.alloc(1024 * 1024);
  const head = Buffer.from(first).subarray(0, length);
  if (head.length > 0) outgoing.write(head);
  let left = length - head.length;
  const more = () => {
    while (left > 0 && !outgoing.destroyed) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      if (!outgoing.write(part)) return outgoing.once("drain", more);
    }
    return outgoing.end();
  };
  more();
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: URL) {
  const onward = request(target, {
    method: incoming.method,
    headers: { ...incoming.headers, host: target.host },
  });
  onward.on("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}
