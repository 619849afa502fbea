/** The app's back end: it alone has the key. It lets its users' phones in, is told when a picture is there, and erases whoever leaves. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
  createStylegate,
  dataOf,
  type Erasure,
  verifyWebhook,
  type WebhookEvent,
  WebhookVerificationError,
} from "../../src/client/index.ts";

/** What a phone needs to ask the service itself, for a quarter of an hour. */
export type Session = { service: string; token: string; webhook: string };

export type BackEnd = {
  url: string;
  /** The pictures that were made for a user. */
  gallery: (user: string) => ReadonlyMap<string, Uint8Array>;
  /** Resolves when the service has told how a stylization ended, and its pictures are in the gallery. */
  told: (stylization: string) => Promise<WebhookEvent>;
  close: () => Promise<void>;
};

export async function startBackEnd(service: string, key: string, port: number): Promise<BackEnd> {
  const stylegate = createStylegate({ baseUrl: service, key });
  const { secret } = dataOf(await stylegate.POST("/v1/webhooks/secret"));
  const galleries = new Map<string, Map<string, Uint8Array>>();
  const handled = new Set<string>();
  const hearing = new Map<string, PromiseWithResolvers<WebhookEvent>>();

  const gallery = (user: string) => galleries.get(user) ?? new Map<string, Uint8Array>();
  const ending = (id: string) => {
    const known = hearing.get(id) ?? Promise.withResolvers<WebhookEvent>();
    hearing.set(id, known);
    return known;
  };

  async function openSession(user: string): Promise<Session> {
    const { token } = dataOf(await stylegate.POST("/v1/tokens", { body: { user, expiresIn: 900 } }));
    return { service, token, webhook: `${url}/hooks/stylegate` };
  }

  async function hear(request: IncomingMessage): Promise<number> {
    let event: WebhookEvent;
    try {
      event = await verifyWebhook(secret, request.headers, await buffer(request));
    } catch (error) {
      if (error instanceof WebhookVerificationError) return 401;
      throw error;
    }
    const id = String(request.headers["webhook-id"]);
    if (handled.has(id)) return 204; // a webhook may come twice
    const { user = "", outputs } = event.data;
    for (const output of outputs) {
      if (output.status !== "succeeded") continue;
      const picture = await stylegate.picture(output);
      const name = `${event.data.id}-${output.index}.${output.request.format}`;
      galleries.set(user, new Map([...gallery(user), [name, await picture.bytes()]]));
    }
    handled.add(id); // once it is done: where it fails before, it comes again
    ending(event.data.id).resolve(event);
    return 204;
  }

  async function closeAccount(user: string): Promise<Erasure> {
    galleries.delete(user);
    return dataOf(await stylegate.DELETE("/v1/users/{user}", { params: { path: { user } } }));
  }

  const server = createServer(async (request, response) => {
    const user = String(request.headers["x-user"]); // in place of whatever signs users in
    const answer = (status: number, body?: unknown) => response.writeHead(status).end(JSON.stringify(body));
    try {
      const route = `${request.method} ${request.url}`;
      if (route === "POST /session") answer(201, await openSession(user));
      else if (route === "POST /hooks/stylegate") answer(await hear(request));
      else if (route === "DELETE /account") answer(200, await closeAccount(user));
      else answer(404);
    } catch (error) {
      console.error(error);
      answer(500);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    gallery,
    told: (id) => ending(id).promise,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
