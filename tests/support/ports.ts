import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Two ports of this machine that nobody listened on a moment ago. */
export async function freePorts(): Promise<[string, string]> {
  const servers = [createServer(), createServer()] as const;
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const ports: [string, string] = [portOf(servers[0]), portOf(servers[1])];
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  return ports;
}

export function portOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return String(address.port);
}
