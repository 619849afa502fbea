import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Complaint } from "../complaint.mjs";
import { type SentSpan, spansOf } from "./otlp.ts";

/** An OTLP/HTTP receiver on this machine, for traces in JSON; whatever else it is sent is refused. */
export type Receiver = { url: string; stop: () => void };

/** Bytes of a body: many times what is sent at once. */
const MAX_BODY = 8 * 1024 * 1024;

/** @param take is given what arrives */
export async function startReceiver(port: number, take: (spans: SentSpan[]) => void): Promise<Receiver> {
  const server = createServer((request, response) =>
    receive(request.url, request, response, (body) => take(spansOf(body))),
  );
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: Error) => {
    throw new Complaint(`Port ${port} cannot be listened on: ${error.message}. Take another with --port.`);
  });
  const { port: taken } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${taken}`, stop };
}

/**
 * Answers one request as an OTLP/HTTP receiver of traces does.
 *
 * @param path behind the receiver's base URL
 * @param take is given the body of `ExportTraceServiceRequest` as it stood on the wire; it throws where that is none
 */
export async function receive(
  path: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  take: (body: string) => void,
): Promise<void> {
  if (request.method !== "POST" || path !== "/v1/traces") return void response.writeHead(404).end();
  // No page of a browser may send that elsewhere without asking first (the Fetch standard's preflight), which is refused above.
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") return void response.writeHead(415).end();
  try {
    const body = await bodyOf(request);
    if (body === undefined) return void response.writeHead(413).end();
    take(body);
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  } catch {
    response.writeHead(400).end();
  }
}

/** Undefined where it is too long; the rest is then left to whoever answers. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
