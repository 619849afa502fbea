import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { toldBy } from "./told.mjs";

/** The URL of a server that does one after the other of these things, the last for good. */
async function serverThat(...answers: RequestListener[]): Promise<string> {
  const server = createServer((request, response) => {
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const says =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(body);
const never = new AbortController().signal;

it("a service that is reloading is asked again, whatever it answers meanwhile", async () => {
  const url = await serverThat(
    says(503, '{"code":"overloaded"}'),
    (request) => request.socket.destroy(),
    says(200, "<html>"),
    says(200, '{"styles":[]}'),
  );
  expect(await toldBy(url, never, 1)).toEqual({ styles: [] });
});

it("a service that goes on failing is let be, and one that is stopped at once", async () => {
  const url = await serverThat(says(500, "{}"));
  expect(await toldBy(url, never, 1)).toBeUndefined();
  expect(await toldBy(url, AbortSignal.abort(), 3_600_000)).toBeUndefined();
});
