import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { decodeInferRequest, encodeInferResponse, HEADER_LENGTH } from "../../src/contract/oip.ts";

/**
 * The edge engine as the Worker under test has it, behind the binding EDGE_INFERENCE: one that draws at once, and only pictures of sizes
 * that a test has named, so that files which run side by side do not meet. Of all others it says that it is busy, and of its models that
 * they are not ready: to whoever asks nothing of it, it is not there.
 *
 * `PUT /pictures/{width}x{height}`  `paint`: from now on pictures of this size are blue all over, and nobody is in them; `status 503`,
 *                                   `status 500`, `wrong` (of another size), `hang`
 * `GET /pictures/{width}x{height}`  how often such pictures were asked for
 */
export function fakeEdgeEngine(): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const behaviours = new Map<string, string>();
  const asked = new Map<string, number>();
  return async (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "/", "http://edge");
    const [, kind, size = ""] = pathname.split("/");
    if (kind === "pictures" && incoming.method === "GET") {
      outgoing.end(String(asked.get(size) ?? 0));
    } else if (kind === "pictures") {
      behaviours.set(size, (await buffer(incoming)).toString());
      outgoing.end();
    } else if (pathname.endsWith("/infer")) {
      const shape = shapeOf(await buffer(incoming), incoming);
      const named = `${shape[2]}x${shape[1]}`;
      asked.set(named, (asked.get(named) ?? 0) + 1);
      answer(behaviours.get(named) ?? "status 503", pathname.split("/")[3] ?? "", shape, outgoing);
    } else {
      outgoing.writeHead(503).end();
    }
  };
}

const shapeOf = (body: Uint8Array, { headers }: IncomingMessage): number[] =>
  decodeInferRequest(body, String(headers[HEADER_LENGTH.toLowerCase()])).inputs[0]?.shape ?? [];

function answer(behaviour: string, model: string, shape: number[], outgoing: ServerResponse): void {
  if (behaviour === "hang") return;
  if (behaviour.startsWith("status ")) {
    outgoing.writeHead(Number(behaviour.slice(7)), { "Retry-After": "1" }).end();
    return;
  }
  const [count = 0, height = 0, width = 0] = behaviour === "wrong" ? [1, 1, 1] : shape;
  const isMatte = model === "person_segmenter";
  const pixels = count * height * width;
  const bytes = new Uint8Array(isMatte ? pixels : 3 * pixels);
  for (let blue = 2; !isMatte && blue < bytes.length; blue += 3) bytes[blue] = 255;
  const { headers, body } = encodeInferResponse({
    model_name: model,
    outputs: [
      {
        name: isMatte ? "matte" : "stylized",
        datatype: "UINT8",
        shape: isMatte ? [count, height, width] : [count, height, width, 3],
        bytes,
        binary: true,
      },
    ],
  });
  outgoing.writeHead(200, { ...headers, "Server-Timing": "queue;dur=0, compute;dur=1" }).end(body);
}
