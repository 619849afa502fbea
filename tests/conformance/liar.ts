import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export type Told = { status: number; headers: Record<string, string>; bytes: Uint8Array };

/** Changes what a server answers to a request. */
export type Lie = (path: string, asked: Uint8Array, told: Told) => Told | Promise<Told>;

export type Liar = { url: string; stop: () => Promise<void> };

/** A server of the protocol that does one thing wrong: it stands before one that does all right. */
export async function startLiar(honest: string, lie: Lie): Promise<Liar> {
  const server = createServer((request, response) => {
    answer(honest, lie, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

async function answer(honest: string, lie: Lie, request: IncomingMessage, response: ServerResponse) {
  const asked = new Uint8Array(await buffer(request));
  const { method = "GET", url: path = "/" } = request;
  const wanted = ["content-type", "inference-header-content-length"].flatMap((name) => {
    const value = request.headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const body = method === "POST" ? { body: asked } : {};
  const real = await fetch(`${honest}${path}`, { method, headers: Object.fromEntries(wanted), ...body });
  const headers = Object.fromEntries(
    [...real.headers].filter(([name]) => /^content-type$|^inference-/.test(name)),
  );
  const told = await lie(path, asked, {
    status: real.status,
    headers,
    bytes: new Uint8Array(await real.arrayBuffer()),
  });
  response.writeHead(told.status, { ...told.headers, "content-length": told.bytes.length });
  response.end(method === "HEAD" ? undefined : told.bytes);
}
