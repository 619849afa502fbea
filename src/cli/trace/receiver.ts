import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Complaint } from "../complaint.mjs";
import { type Span, spansOf } from "./spans.ts";

/** An OTLP/HTTP receiver on this machine, for traces in JSON; whatever else it is sent is refused. */
export type Receiver = { url: string; stop: () => void };

/** @param take is given what arrives */
export async function startReceiver(port: number, take: (spans: Span[]) => void): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    if (request.method !== "POST" || request.url !== "/v1/traces") return response.writeHead(404).end();
    try {
      take(spansOf(await text(request)));
      return response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
    } catch {
      return response.writeHead(400).end();
    }
  });
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
