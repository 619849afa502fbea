import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readPicture } from "./fixtures/pictures/files.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// What is refused before all of it is there is refused in words: most clients send all that they have before they read.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let workers: Workers;

beforeAll(async () => {
  workers = await startWorkers((modules) => [
    stylegate("open", modules, {}),
    {
      ...stylegate("keyed", modules, { AUTH: "keys", ADMIN_SECRET: "s".repeat(32) }, { flights: "open" }),
      routes: ["keyed.localhost/*"],
    },
  ]);
});

afterAll(() => workers?.stop());

type Sending = {
  host?: string;
  path: string;
  type?: string;
  first?: Uint8Array;
  bytes: number;
  isChunked?: boolean;
};

/** Sends all of it, whatever comes back in the meantime, and then reads. @returns the status line and the problem's code */
async function answered({
  host = "stylegate.localhost",
  path,
  type = "image/jpeg",
  first,
  bytes,
  isChunked,
}: Sending) {
  const { hostname, port } = new URL(workers.url);
  const socket = connect(Number(port), hostname).setNoDelay();
  await once(socket, "connect");
  const length = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${bytes}`;
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nContent-Type: ${type}\r\n${length}\r\n\r\n`,
  );
  const chunk = Buffer.alloc(2 ** 20);
  chunk.set(first ?? []);
  for (let left = bytes; left > 0; left -= chunk.length, chunk.fill(0)) {
    const part = Buffer.from(chunk.subarray(0, left));
    if (isChunked) socket.write(`${part.length.toString(16)}\r\n`);
    if (!socket.write(part)) await once(socket, "drain");
    if (isChunked) socket.write("\r\n");
  }
  if (isChunked) socket.write("0\r\n\r\n");
  const answer = await text(socket);
  return `${/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]} ${/"code":"(\w+)"/.exec(answer)?.[1]}`;
}

const JPEG = readPicture("rgb.jpg");
const LARGE = 40_000_000;
const path = "/v1/uploads";
const form = {
  path,
  type: "multipart/form-data; boundary=b",
  first: Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="me.jpg"\r\n\r\n'),
    JPEG,
  ]),
};
const json = { path: "/v1/stylizations", type: "application/json" };

describe("whoever sends all before they read is told", () => {
  it.each<[what: string, answer: string, sending: Sending]>([
    ["an announced size", "413 picture_too_large", { path, first: JPEG, bytes: LARGE }],
    ["chunks", "413 picture_too_large", { path, first: JPEG, bytes: LARGE, isChunked: true }],
    ["a form", "413 picture_too_large", { ...form, bytes: LARGE }],
    ["what is no picture", "415 unsupported_format", { path, bytes: 25_000_000 }],
    ["JSON", "413 body_too_large", { ...json, bytes: LARGE }],
    ["JSON in chunks", "413 body_too_large", { ...json, bytes: LARGE, isChunked: true }],
    ["without a key", "401 unauthorized", { host: "keyed.localhost", path, first: JPEG, bytes: LARGE }],
    ["no route", "404 not_found", { path: "/v2/uploads", bytes: LARGE }],
  ])("%s", async (_, answer, sending) => {
    expect(await answered(sending)).toBe(answer);
  });
});
