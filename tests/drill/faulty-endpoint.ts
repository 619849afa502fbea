import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { decodeInferResponse, encodeInferResponse, HEADER_LENGTH } from "../../src/contract/oip.ts";
import { portOf } from "../support/ports.ts";

/**
 * `dead`: nobody listens, and what was under way is broken off; `slow`: half a minute late; `hanging`: so is one style's network, and no other;
 * `lying`: pictures lie on their side.
 */
export type Fault = "none" | "dead" | "slow" | "hanging" | "lying";

/** An inference endpoint as the Worker meets it: the real one, and what may happen to it on the way. */
export type FaultyEndpoint = {
  url: string;
  suffer: (fault: Fault) => Promise<void>;
  stop: () => void;
};

/** The style whose network may hang. */
export const HANGING = "handdrawn";

/** Milliseconds. */
const LATE = 30_000;

/** @param target the real one's URL */
export async function startFaultyEndpoint(target: string): Promise<FaultyEndpoint> {
  let fault: Fault = "none";
  const server = createServer(async (incoming, outgoing) => {
    outgoing.on("error", () => {}); // who asked has gone
    const { url = "" } = incoming;
    const isLate = fault === "slow" || (fault === "hanging" && url.includes(`/ttn_${HANGING}_`));
    if (isLate && (await isGoneWithin(LATE, outgoing))) return;
    forward(incoming, outgoing, target, () => fault === "lying" && url.endsWith("/infer"));
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  await listen(0);
  const port = Number(portOf(server));
  const suffer = async (next: Fault) => {
    if (next === "dead" && server.listening) stop();
    fault = next;
    if (next !== "dead" && !server.listening) await listen(port);
  };
  return { url: `http://127.0.0.1:${port}`, suffer, stop };
}

function isGoneWithin(milliseconds: number, outgoing: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    outgoing.on("close", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  isToLie: () => boolean,
): void {
  const { method, headers } = incoming;
  const host = new URL(target).host;
  const onward = request(target + incoming.url, { method, headers: { ...headers, host } }, async (answer) => {
    if (answer.statusCode !== 200 || !isToLie()) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => outgoing.destroy()).pipe(outgoing);
      return;
    }
    const lie = onItsSide(await buffer(answer), answer.headers[HEADER_LENGTH.toLowerCase()]);
    outgoing.writeHead(200, lie.headers).end(lie.body);
  });
  onward.on("error", () => outgoing.destroy());
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

/** The same bytes, said to be as high as they are wide. */
function onItsSide(body: Uint8Array, headerLength: string | string[] | undefined) {
  const { model_name, outputs } = decodeInferResponse(body, String(headerLength));
  return encodeInferResponse({
    model_name,
    outputs: outputs.map(({ shape: [count = 0, height = 0, width = 0, ...rest], ...output }) => {
      return { ...output, shape: [count, width, height, ...rest], binary: true };
    }),
  });
}
