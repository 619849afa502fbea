import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that hands everything on to an inference endpoint, and counts what its models are asked. */
export type CountingProxy = {
  url: string;
  /** Inferences since this was last called, by model. */
  take: () => Map<string, number>;
  stop: () => Promise<void>;
};

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let counts = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const [, model] = /\/models\/([^/]+)(?:\/versions\/[^/]+)?\/infer$/.exec(incoming.url ?? "") ?? [];
    if (model !== undefined) counts.set(model, (counts.get(model) ?? 0) + 1);
    const onward = request(target + incoming.url, {
      method: incoming.method,
      headers: { ...incoming.headers, host: new URL(target).host },
    });
    onward.on("response", (answer: IncomingMessage) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
