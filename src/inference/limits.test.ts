import { once } from "node:events";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request as openRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { count, LONG, MODELS, post, type Served, sample, serve, until } from "./fixtures/serve.ts";

const running: Served[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close())));
async function start(overrides: Parameters<typeof serve>[0]): Promise<Served> {
  const server = await serve(overrides);
  running.push(server);
  return server;
}

/** A request whose body is sent by hand, or never. */
function open(server: Served, model: string, headers: Record<string, string> = {}): ClientRequest {
  const request = openRequest(`${server.url}/v2/models/${model}/infer`, { method: "POST", headers });
  return request.on("error", () => {}); // destroying it half sent is one
}
async function answerOf(request: ClientRequest): Promise<{ status: number | undefined; body: string }> {
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  return { status: answer.statusCode, body: await text(answer) };
}
const metric = (name: string, labels = 'model="count",version="1"'): string =>
  `stylegate_inference_${name}{${labels}}`;
const STATUS = (status: number): string =>
  metric("requests_total", `model="count",version="1",status="${status}"`);

describe("the body limit", () => {
  it("refuses a body from its announced length, before any of it is sent", async () => {
    const server = await start({ maxBodyBytes: 2048 });
    const request = open(server, "count", { "content-length": "2049", expect: "100-continue" });
    let asked = false;
    request.on("continue", () => {
      asked = true;
    });
    request.flushHeaders();
    expect(await answerOf(request)).toEqual({
      status: 413,
      body: '{"error":"the body may have 2048 bytes at most"}',
    });
    expect(asked).toBe(false);
    request.destroy();
  });

  it("refuses a body without announced length as soon as it is too long", async () => {
    const server = await start({ maxBodyBytes: 2048 });
    const request = open(server, "count");
    request.write(Buffer.alloc(4096));
    expect(await answerOf(request)).toMatchObject({ status: 413 });
    request.end();
  });

  it("takes a body of exactly that length, and asks for it where the client waits to be asked", async () => {
    const server = await start({ maxBodyBytes: 2048 });
    const header = { inputs: [{ name: "steps", datatype: "INT64", shape: [1], data: [3] }] };
    const body = JSON.stringify(header).padEnd(2048, " ");
    const request = open(server, "count", { "content-length": "2048", expect: "100-continue" });
    request.flushHeaders();
    await once(request, "continue");
    request.end(body);
    expect(await answerOf(request)).toMatchObject({ status: 200 });
  });
});

it("refuses with 413 more pixels than allowed, counted over the whole batch", async () => {
  const server = await start({ maxPixels: 32 * 32 });
  const ask = (batch: number): Promise<Response> => {
    const data = new Array(batch * 32 * 32 * 3).fill(0);
    return post(server.url, "invert", {
      inputs: [{ name: "image", datatype: "UINT8", shape: [batch, 32, 32, 3], data }],
    });
  };
  expect((await ask(1)).status).toBe(200);
  expect((await ask(2)).status).toBe(413);
});

describe("the queue", () => {
  it("answers 503 with Retry-After when it is full, before a body is sent, and takes more once it is not", async () => {
    const server = await start({ queueSize: 0 });
    const first = count(server.url, LONG);
    await until(server.url, metric("running"), 1);
    const refused = open(server, "count", { expect: "100-continue" });
    let asked = false;
    refused.on("continue", () => {
      asked = true;
    });
    refused.flushHeaders();
    const [answer] = (await once(refused, "response")) as [IncomingMessage];
    expect([answer.statusCode, asked]).toEqual([503, false]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(await text(answer)).toBe('{"error":"the queue is full"}');
    expect((await first).status).toBe(200);
    expect((await count(server.url, 1)).status).toBe(200);
  });

  it("is one for all models, since they share the processor", async () => {
    const server = await start({ queueSize: 0 });
    const first = count(server.url, LONG);
    await until(server.url, metric("running"), 1);
    const input = { name: "x", datatype: "FP32", shape: [1], data: [4] };
    expect((await post(server.url, "pair", { inputs: [input] })).status).toBe(503);
    expect((await first).status).toBe(200);
    expect((await post(server.url, "pair", { inputs: [input] })).status).toBe(200);
  });

  it("gives the place of a batch request to an interactive one, and says so in the metrics", async () => {
    const server = await start({ models: ["count"], queueSize: 1 });
    const first = count(server.url, LONG);
    await until(server.url, metric("running"), 1);
    const ask = (priority: number): Promise<Response> => {
      const input = { name: "steps", datatype: "INT64", shape: [1], data: [1] };
      return post(server.url, "count", { inputs: [input], parameters: { priority } });
    };
    const evicted = ask(2);
    await until(server.url, metric("queue_length"), 1);
    const interactive = ask(1);
    expect((await evicted).status).toBe(503);
    expect([(await first).status, (await interactive).status]).toEqual([200, 200]);
    const labels = 'model="count",version="1",priority="batch",reason="evicted"';
    expect(await sample(server.url, metric("refused_total", labels))).toBe(1);
    expect(await sample(server.url, "stylegate_inference_in_flight_limit")).toBe(2);
  });

  it("never runs a request whose client left while it waited", async () => {
    const server = await start({});
    const first = count(server.url, LONG);
    await until(server.url, metric("running"), 1);
    const leaving = new AbortController();
    const dropped = count(server.url, LONG, { signal: leaving.signal });
    await until(server.url, metric("queue_length"), 1);
    leaving.abort();
    await expect(dropped).rejects.toThrowError();
    await until(server.url, STATUS(499), 1);
    expect((await first).status).toBe(200);
    expect((await count(server.url, 1)).status).toBe(200);
    expect(await sample(server.url, metric("compute_seconds_count"))).toBe(2);
  });

  it("answers 503 to a request that waits longer than its timeout, in microseconds", async () => {
    const server = await start({});
    const first = count(server.url, LONG);
    await until(server.url, metric("running"), 1);
    const input = { name: "steps", datatype: "INT64", shape: [1], data: [1] };
    const late = await post(server.url, "count", { inputs: [input], parameters: { timeout: 1000 } });
    expect([late.status, await late.json()]).toEqual([503, { error: expect.stringContaining("timeout") }]);
    expect((await first).status).toBe(200);
  });

  it("runs as many at once as it is told to", async () => {
    const server = await start({ models: ["count"], concurrency: 2, threads: 1 });
    const both = [count(server.url, LONG), count(server.url, LONG)];
    await until(server.url, metric("running"), 2);
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("leaves the server answering while a network runs", async () => {
    const server = await start({});
    const long = count(server.url, LONG);
    await until(server.url, metric("running"), 1);
    expect((await fetch(`${server.url}/v2/health/live`)).status).toBe(200);
    expect(await sample(server.url, metric("running"))).toBe(1);
    expect((await long).status).toBe(200);
  });
});

describe("a model that cannot be served", () => {
  it.each([
    ["no network", (folder: string) => writeFile(join(folder, "1", "model.onnx"), "no network"), /protobuf/i],
    [
      "another input than configured",
      (folder: string) => configure(folder, "steps", "rounds"),
      /no input "rounds"/,
    ],
    [
      "another datatype than configured",
      (folder: string) => configure(folder, "INT64", "INT32"),
      /int64, not INT32/,
    ],
    [
      "another shape than configured",
      (folder: string) => configure(folder, "[ 1 ]", "[ 2 ]"),
      /shape \[1\], not \[2\]/,
    ],
    [
      "a warm-up that it does not take",
      async (folder: string) => {
        const warmUp = '\nmodel_warmup { name: "w" inputs { key: "steps" value { dims: [ 2 ] } } }\n';
        await appendFile(join(folder, "config.pbtxt"), warmUp);
      },
      /model_warmup "w"/,
    ],
    [
      "an unreadable configuration",
      (folder: string) => configure(folder, "input", "inpud"),
      /"inpud" is not supported/,
    ],
  ])("for %s leaves the server unready, says why, and keeps the others", async (_, damage, why) => {
    const modelsDir = await mkdtemp(join(tmpdir(), "stylegate-models-"));
    try {
      await cp(MODELS, modelsDir, { recursive: true });
      await damage(join(modelsDir, "count"));
      const server = await start({ modelsDir });
      const failures = server.lines.filter(({ event }) => event === "model_failed");
      expect(failures).toEqual([
        expect.objectContaining({ model: "count", reason: expect.stringMatching(why) }),
      ]);
      const ready = await fetch(`${server.url}/v2/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([503, { live: true, ready: false }]);
      expect(await (await count(server.url, 1)).json()).toEqual({
        error: expect.stringMatching(/^model "count".* could not be loaded$/),
      });
      expect((await fetch(`${server.url}/v2/models/pair/ready`)).status).toBe(200);
    } finally {
      await rm(modelsDir, { recursive: true });
    }
  });
});

async function configure(folder: string, from: string, to: string): Promise<void> {
  const path = join(folder, "config.pbtxt");
  await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
}

describe("what the server tells of itself", () => {
  it("logs an infer request with its times and shapes, and nothing of its body", async () => {
    const server = await start({ models: ["count"] });
    await post(server.url, "count", {
      id: "secret",
      inputs: [{ name: "steps", datatype: "INT64", shape: [1], data: [77_777] }],
    });
    const line = server.lines.find(({ event }) => event === "infer");
    expect(line).toMatchObject({ level: "info", model: "count", version: "1", status: 200, shapes: [[1]] });
    expect(line).toHaveProperty("compute_ms");
    expect(JSON.stringify(server.lines)).not.toMatch(/secret|77777/);
  });

  it("counts unknown models under one label, so that callers cannot grow the metrics", async () => {
    const server = await start({ models: ["count"] });
    for (const name of ["a", "b", "c"]) await post(server.url, name, {});
    const labels = 'model="unknown",version="",status="404"';
    expect(await sample(server.url, metric("requests_total", labels))).toBe(3);
    expect(await sample(server.url, metric("model_loaded"))).toBe(1);
    expect(await sample(server.url, "process_resident_memory_bytes")).toBeGreaterThan(0);
  });
});
