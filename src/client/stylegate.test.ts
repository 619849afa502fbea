import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStylegate, dataOf, StylegateError, type Stylization, type StylizationEvent } from "./index.ts";

// Over a real connection, to a server that answers what a test tells it: what a service does when all goes well is tested with a real one,
// in tests/client.test.ts.

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => unknown;
type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };

let server: Server;
let answers: Answer[];
let seen: Seen[];
let pauses: number[];

beforeEach(async () => {
  answers = [];
  seen = [];
  pauses = [];
  server = createServer(async (incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    seen.push({ method, url, headers, body: (await buffer(incoming)).toString("latin1") });
    const answer = answers.shift();
    if (!answer) return outgoing.writeHead(599).end("The test has no more answers.");
    answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const baseUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const client = (options: { key?: string; token?: () => string | Promise<string> } = {}) =>
  createStylegate({
    baseUrl: `${baseUrl()}/`,
    ...options,
    retry: {
      random: () => 1,
      pause: async (seconds) => {
        pauses.push(seconds);
      },
    },
  });

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, outgoing) =>
    outgoing.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));

const problem = (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  json(status, { type: `/docs/errors#${code}`, title: "No", status, detail: "Not now.", code }, headers);

const broken: Answer = (incoming) => incoming.socket.destroy();

const ID = "9fGk2mVx4Qb7TzLr0WcYhA";
const stylization = (status: Stylization["status"]) => ({ id: ID, status, outputs: [] });

describe("a problem", () => {
  it("is thrown with what it says", async () => {
    const errors = [{ pointer: "/outputs/0/width", detail: "Too small" }];
    answers = [
      json(
        400,
        { title: "No", status: 400, detail: "So.", code: "invalid_request", errors },
        { "Retry-After": "7" },
      ),
    ];
    const error = await client()
      .begin({ source: `upload:${ID}`, outputs: [{ style: "toon" }] })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StylegateError);
    expect(error).toMatchObject({
      code: "invalid_request",
      status: 400,
      detail: "So.",
      errors,
      retryAfter: 7,
      message: "No: So.",
    });
  });

  it("is one as well where a proxy answers a page", async () => {
    answers = [(_, outgoing) => outgoing.writeHead(502).end("<h1>Bad gateway</h1>")];
    await expect(client().upload(new Uint8Array([1]))).rejects.toMatchObject({
      code: "unexpected_answer",
      status: 502,
      detail: "<h1>Bad gateway</h1>",
    });
  });
});

describe("who asks", () => {
  it("is said with the key", async () => {
    answers = [json(200, { keys: [] })];
    expect(dataOf(await client({ key: "sg_1" }).GET("/v1/keys"))).toEqual({ keys: [] });
    expect(seen[0]?.headers.authorization).toBe("Bearer sg_1");
  });

  it("is never said to another host", async () => {
    answers = [json(200, { keys: [] })];
    await client({ key: "sg_1" }).GET("/v1/keys", { baseUrl: baseUrl().replace("127.0.0.1", "localhost") });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it("is asked for once, and again when the token is over", async () => {
    let minted = 0;
    const app = client({ token: () => `token${++minted}` });
    answers = [json(200, {}), json(200, {}), problem(401, "unauthorized"), json(200, {})];
    for (let at = 0; at < 3; at += 1) dataOf(await app.GET("/v1/usage"));
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(
      ["token1", "token1", "token1", "token2"].map((token) => `Bearer ${token}`),
    );
  });

  it("is asked for once by many requests that are refused together", async () => {
    let minted = 0;
    const app = client({ token: () => `token${++minted}` });
    const byToken: Answer = (incoming, outgoing) =>
      incoming.headers.authorization === "Bearer token1"
        ? problem(401, "unauthorized")(incoming, outgoing)
        : json(200, {})(incoming, outgoing);
    answers = Array.from({ length: 10 }, () => byToken);
    await Promise.all(Array.from({ length: 5 }, async () => dataOf(await app.GET("/v1/usage"))));
    expect(minted).toBe(2);
  });

  it("is asked for again where that failed", async () => {
    let asked = 0;
    const token = () => {
      if (asked++ === 0) throw new Error("offline");
      return "token";
    };
    const app = client({ token });
    await expect(app.POST("/v1/tokens", { body: {} })).rejects.toThrow("offline");
    answers = [json(200, {})];
    dataOf(await app.GET("/v1/usage"));
    expect(seen).toMatchObject([{ headers: { authorization: "Bearer token" } }]);
  });
});

describe("a request is sent again", () => {
  it.each<[string, Answer, number]>([
    ["after what a refusal for its rate says", problem(429, "rate_limited", { "Retry-After": "7" }), 7],
    ["after what a service that is away says", problem(503, "overloaded", { "Retry-After": "5" }), 5],
    ["after a moment, where nothing is said", problem(503, "overloaded"), 0.5],
    ["where the connection broke", broken, 0.5],
  ])("%s", async (_, first, pause) => {
    answers = [first, json(200, { keys: [] })];
    expect(dataOf(await client().GET("/v1/keys"))).toEqual({ keys: [] });
    expect(pauses).toEqual([pause]);
  });

  it("with pauses that grow, four times, and then no more", async () => {
    answers = Array.from({ length: 5 }, () => problem(503, "overloaded"));
    await expect(client().upload(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: "overloaded" });
    expect(pauses).toEqual([0.5, 1, 2, 4]);
    expect(seen.map(({ body }) => body)).toEqual(Array.from({ length: 5 }, () => "\x01\x02\x03"));
  });

  it("under the same name, so that it is done once", async () => {
    answers = [
      broken,
      problem(409, "idempotency_conflict", { "Retry-After": "1" }),
      json(200, stylization("succeeded")),
    ];
    await client().stylize({ source: `upload:${ID}`, outputs: [{ style: "toon" }] });
    const names = new Set(seen.map(({ headers }) => headers["idempotency-key"]));
    expect(seen).toHaveLength(3);
    expect([...names]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
  });

  it("with the same bytes and their digest", async () => {
    answers = [problem(503, "storage_unavailable"), json(201, { id: ID })];
    await client().upload(new Blob(["abc"], { type: "image/jpeg" }), { user: "u 1" });
    const [first, second] = seen;
    expect(second).toMatchObject({ body: "abc", url: "/v1/uploads?user=u%201" });
    expect(second?.headers).toMatchObject({
      "content-type": "image/jpeg",
      "repr-digest": "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:",
    });
    expect(first?.body).toBe("abc");
  });
});

describe("a request is not sent again", () => {
  it("where the month is used up", async () => {
    answers = [problem(429, "quota_exceeded")];
    const making = client().stylize({ source: `upload:${ID}`, outputs: [{ style: "toon" }] });
    await expect(making).rejects.toMatchObject({ code: "quota_exceeded" });
    expect(seen).toHaveLength(1);
  });

  it("where it may have been done", async () => {
    answers = [broken];
    await expect(client().POST("/v1/tokens", { body: {} })).rejects.toThrow();
    expect(seen).toHaveLength(1);
  });

  it("where the service asks for an hour", async () => {
    answers = [problem(429, "rate_limited", { "Retry-After": "3600" })];
    expect((await client().GET("/v1/keys")).response.status).toBe(429);
    expect(pauses).toEqual([]);
  });

  it("where its body was a stream", async () => {
    answers = [problem(503, "storage_unavailable")];
    const stream = new Blob(["abc"]).stream();
    await expect(client({ key: "sg_1" }).upload(stream)).rejects.toMatchObject({
      code: "storage_unavailable",
    });
    expect(seen).toMatchObject([{ body: "abc", headers: { authorization: "Bearer sg_1" } }]);
  });

  it("once nobody waits for it", async () => {
    const stop = new AbortController();
    answers = [() => stop.abort(new Error("enough"))];
    const making = client().stylize(
      { source: `upload:${ID}`, outputs: [{ style: "toon" }] },
      { signal: stop.signal },
    );
    await expect(making).rejects.toThrow("enough");
    expect(seen).toHaveLength(1);
  });
});

describe("events", () => {
  const stream =
    (events: [id: number, event: unknown][], end: "open" | "broken" | "ended"): Answer =>
    (_, outgoing) => {
      outgoing.writeHead(200, { "Content-Type": "text/event-stream" });
      outgoing.write("retry: 3000\n: hello\n\n");
      for (const [id, event] of events) outgoing.write(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
      if (end === "ended") outgoing.end();
      if (end === "broken") outgoing.write("id: 99\ndata: {", () => outgoing.destroy());
    };
  const status = (status: Stylization["status"]) => ({ type: "status", stylization: stylization(status) });
  const progress = { type: "progress", output: 0, step: "infer" };

  async function all(events: AsyncIterable<StylizationEvent>) {
    const types: string[] = [];
    for await (const event of events) {
      types.push(event.type === "status" ? event.stylization.status : event.type);
    }
    return types;
  }

  it("go on where a connection broke, each once, to the end", async () => {
    answers = [
      stream([[1, status("queued")]], "broken"),
      stream(
        [
          [2, status("running")],
          [3, progress],
        ],
        "ended",
      ),
      stream(
        [
          [4, progress],
          [5, status("succeeded")],
        ],
        "open",
      ),
    ];
    expect(await all(client().follow(ID))).toEqual([
      "queued",
      "running",
      "progress",
      "progress",
      "succeeded",
    ]);
    expect(seen.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "1", "3"]);
    expect(pauses).toEqual([3, 3]);
  });

  it("are given up when they break again and again", async () => {
    answers = Array.from({ length: 10 }, () => stream([], "ended"));
    await expect(all(client().follow(ID))).rejects.toThrow("The events ended before the stylization did.");
    expect(seen).toHaveLength(6);
  });

  it("end with the connection when nobody wants more", async () => {
    let closed: Promise<unknown> | undefined;
    answers = [
      (incoming, outgoing) => {
        closed = new Promise((resolve) => outgoing.on("close", resolve));
        stream([[1, status("queued")]], "open")(incoming, outgoing);
      },
    ];
    for await (const _ of client().follow(ID)) break;
    await closed;
  });

  it("are waited for by whoever wants the pictures", async () => {
    answers = [
      json(202, stylization("queued")),
      stream(
        [
          [1, status("running")],
          [2, status("failed")],
        ],
        "open",
      ),
    ];
    const made = await client().stylize({ source: `upload:${ID}`, outputs: [{ style: "toon" }] });
    expect(made.status).toBe("failed");
  });

  it("of no stylization are a problem", async () => {
    answers = [problem(404, "stylization_not_found")];
    await expect(client().wait(ID)).rejects.toMatchObject({ code: "stylization_not_found" });
  });
});
