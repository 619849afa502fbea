import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Complaint } from "../complaint.mjs";
import { type SentSpan, spansOf } from "./otlp.ts";

/** An OTLP/HTTP receiver on this machine, for traces in JSON; whatever else it is sent is refused. */
export type Receiver = { url: string; stop: () => void };

/** @param take is given what arrives */
export async function startReceiver(port: number, take: (spans: SentSpan[]) => void): Promise<Receiver> {
  const server = createServer((request, response) =>
    receive(request.url, request, response, (body) => take(spansOf(body))),
  );
  server.listen(port, "127.0.0.1");
  await Promise.race([
    once(server, "listening"),
    once(server, "error").then(([error]) => {
      throw new Complaint(`Port ${port} cannot be listened on: ${error.message}. Take another with --port.`);
    }),
  ]);
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
  try {
    take(await text(request));
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  } catch {
    response.writeHead(400).end();
  }
}
