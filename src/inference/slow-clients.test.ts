/** Clients that send or read slowly, on purpose or not, over real sockets. */
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as openRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { encodeInferRequest } from "../contract/oip.ts";
import { count, type Served, sample, serve, until } from "./fixtures/serve.ts";

const running: Served[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));
async function start(...given: Parameters<typeof serve>): Promise<Served> {
  const server = await serve(...given);
  running.push(server);
  return server;
}

const BODY = '{"inputs":[{"name":"steps","datatype":"INT64","shape":[1],"data":[3]}]}';

/** A request that has sent the beginning of its body, once the server reads it. */
async function slowly(server: Served): Promise<ClientRequest> {
  const options = { method: "POST", headers: { expect: "100-continue" } };
  const request = openRequest(`${server.url}/v2/models/count/infer`, options);
  request.on("error", () => {}); // destroying it half sent is one
  request.flushHeaders();
  await once(request, "continue");
  request.write(BODY.slice(0, 5));
  return request;
}

async function answerOf(request: ClientRequest): Promise<{ status: number | undefined; body: string }> {
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}

const TOO_SLOW = { status: 408, body: '{"error":"the body came too slowly"}' };

describe("who sends slowly", () => {
  it("takes no place in the queue, and is answered once the body is there", async () => {
    const server = await start({ queueSize: 1 });
    const slow = await slowly(server);
    expect(await sample(server.url, "stylegate_inference_in_flight")).toBe(0);
    expect((await count(server.url, 1)).status).toBe(200);
    slow.end(BODY.slice(5));
    expect(await answerOf(slow)).toMatchObject({ status: 200 });
  });

  it("is cut off where too little comes in too long", async () => {
    const server = await start({}, { pace: { bytes: 1024, within: 50 } });
    const slow = await slowly(server);
    const closed = once(slow, "close");
    expect(await answerOf(slow)).toEqual(TOO_SLOW);
    await closed;
    expect((await count(server.url, 1)).status).toBe(200);
  });

  it("makes room for others, the oldest first", async () => {
    const server = await start({ queueSize: 1 }, { displaceable: 0 });
    const [oldest, other] = [await slowly(server), await slowly(server)];
    const cut = answerOf(oldest);
    expect((await count(server.url, 1)).status).toBe(200);
    expect(await cut).toEqual(TOO_SLOW);
    other.end(BODY.slice(5));
    expect(await answerOf(other)).toMatchObject({ status: 200 });
  });

  it("does not make others, or the server itself, believe that it is overloaded", async () => {
    const server = await start({ queueSize: 0 }, { displaceable: 60_000 });
    const slow = await slowly(server);
    const refused = await count(server.url, 1);
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { error: "too many bodies are on their way" },
    ]);
    expect(await sample(server.url, "stylegate_inference_overloaded")).toBe(0);
    slow.destroy();
    await until(server.url, 'stylegate_inference_requests_total{model="count",version="1",status="499"}', 1);
    expect((await count(server.url, 1)).status).toBe(200);
  });
});

it("who does not read an answer is cut off", async () => {
  const server = await start({ models: ["invert"] }, { write: 50 });
  // As JSON the answer has 12 MiB, more than sockets hold.
  const bytes = new Uint8Array(1024 * 1024 * 3);
  const { body, headers } = encodeInferRequest({
    inputs: [{ name: "image", datatype: "UINT8", shape: [1, 1024, 1024, 3], bytes }],
  });
  const deaf = openRequest(`${server.url}/v2/models/invert/infer`, { method: "POST", headers });
  deaf.on("error", () => {});
  deaf.end(body);
  const [answer] = (await once(deaf, "response")) as [IncomingMessage];
  answer.on("error", () => {});
  await expect.poll(() => server.lines).toContainEqual(expect.objectContaining({ event: "answer_unread" }));
  answer.destroy();
});

it("more connections than there may be are closed", async () => {
  const server = await start({ models: ["pair"] }, { connections: 1 });
  const { port } = new URL(server.url);
  const first = connect(Number(port), "127.0.0.1");
  first.write("GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(first, "data");
  const second = connect(Number(port), "127.0.0.1").on("error", () => {});
  await once(second, "close");
  first.destroy();
});
