import { request } from "node:http";
import { afterAll, beforeAll, describe, it } from "vitest";
import { BYTES } from "./lines/bytes.ts";
import { CACHE_AND_AUTH } from "./lines/cache-and-auth.ts";
import { type Hostile, type LineTest, WORKERS } from "./lines/line.ts";
import { PUBLISHED } from "./lines/published.ts";
import { TRANSPORT } from "./lines/transport.ts";
import { URLS } from "./lines/urls.ts";
import { startService } from "./service.ts";

/**
 * What is known to be done to services that fetch and change other people's pictures, and to those who run them: each line against the Worker
 * as it is deployed, over a socket. Classes of attacks stand in brackets. docs/security-tests.md tells about it.
 */

const SECTIONS: Record<string, Record<string, LineTest>> = {
  "published cases": PUBLISHED,
  URLs: URLS,
  bytes: BYTES,
  transport: TRANSPORT,
  "cache and access": CACHE_AND_AUTH,
};

let service: Hostile;

beforeAll(async () => {
  service = await startService(WORKERS, (incoming, outgoing) => {
    if (incoming.headers.host === "loop.example.com") {
      outgoing.writeHead(302, { Location: "http://loop.example.com/" }).end();
      return true;
    }
    if (incoming.headers.host !== "stylegate.example.com") return false;
    const { hostname, port } = service.url("open"); // itself, as the internet sees it
    const { url: path, method, headers } = incoming;
    const onward = request({ host: hostname, port, path, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
    return true;
  });
});

afterAll(() => service?.stop());

describe.each(Object.entries(SECTIONS))("%s:", (_, lines) => {
  it.for(Object.entries(lines))("%s", ([, test]) => test(service));
});
