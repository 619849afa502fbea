import { afterAll, beforeAll, expect, it } from "vitest";
import type { SentSpan } from "./otlp.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

const taken: SentSpan[] = [];
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver(0, (spans) => taken.push(...spans));
});
afterAll(() => receiver.stop());

const JSON_TYPE = { "Content-Type": "application/json" };
const SPAN = { traceId: "a", spanId: "b", name: "GET", startTimeUnixNano: "1", endTimeUnixNano: "2" };
const BODY = JSON.stringify({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans: [SPAN] }] }],
});
const send = async (init: RequestInit, path = "/v1/traces") =>
  (await fetch(receiver.url + path, { method: "POST", body: BODY, headers: JSON_TYPE, ...init })).status;

it("takes spans in JSON, and nothing else", async () => {
  expect(await send({ headers: { "Content-Type": "Application/JSON; charset=utf-8" } })).toBe(200);
  expect(taken.map(({ name }) => name)).toEqual(["GET"]);
  expect(await send({}, "/v1/logs")).toBe(404);
  expect(await send({ body: "{" })).toBe(400);
  expect(taken).toHaveLength(1);
});

it("takes nothing that a page of a browser may send without asking, and lets none ask", async () => {
  const before = taken.length;
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"])
    expect(await send({ headers: { "Content-Type": type } })).toBe(415);
  const asks = { Origin: "https://evil.example", "Access-Control-Request-Headers": "content-type" };
  expect(await send({ method: "OPTIONS", body: null, headers: asks })).toBe(404);
  expect(taken).toHaveLength(before);
});

it("says in a sentence that its port is taken, and how to take another", async () => {
  const second = startReceiver(Number(new URL(receiver.url).port), () => {});
  await expect(second).rejects.toMatchObject({
    name: "Complaint",
    message: expect.stringMatching(/^Port \d+ cannot be listened on: .*EADDRINUSE.* --port\.$/),
  });
});

it("keeps no body of more than 8 MiB", async () => {
  const before = taken.length;
  expect(await send({ body: BODY + " ".repeat(8 * 1024 * 1024 - BODY.length) })).toBe(200);
  expect(await send({ body: BODY + " ".repeat(8 * 1024 * 1024 - BODY.length + 1) })).toBe(413);
  expect(taken).toHaveLength(before + 1);
});
