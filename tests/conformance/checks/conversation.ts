import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request as openRequest } from "node:http";
import { connect } from "node:net";
import { Absent, type Group, OIP } from "../check.ts";
import type { Answer, Endpoint } from "../endpoint.ts";
import { assertSame, drawnApart, type Picture, picture } from "../picture.ts";

const SMALL = picture(40, 33);
const LARGE = picture(320, 320);

/** All at once. Each must get its own drawing, or hear that the server is busy: a queue may be full. 503 is allowed, but two must be answered. */
async function assertOwnAnswers(endpoint: Endpoint, pictures: readonly Picture[]): Promise<void> {
  const expected = await drawnApart(endpoint, pictures);
  const answers = await Promise.all([...pictures, ...pictures].map((each) => endpoint.draw(each)));
  const served = [...answers.entries()].filter(([, { status }]) => status !== 503);
  assert.ok(
    served.length >= 2,
    `${served.length} of ${answers.length} were answered otherwise than with 503`,
  );
  for (const [i, answer] of served) {
    const k = i % pictures.length;
    assertSame(endpoint.drawingOf(answer), expected[k] as Uint8Array, `the drawing of ${pictures[k]?.name}`);
  }
}

/** A server that was just asked for much may say that it is busy. */
const assertGoesOn = async (endpoint: Endpoint) =>
  assertSame(
    endpoint.drawingOf(await endpoint.drawPatiently(SMALL)),
    await endpoint.drawn(SMALL),
    "the drawing after that",
  );

const isHttp = ({ url }: Endpoint) => url.startsWith("http:");

/** One request over an agent's connections, and the port on our side that tells which one it was. */
async function overConnection(
  agent: Agent,
  endpoint: Endpoint,
  body: Uint8Array,
  headers: Record<string, string>,
) {
  const request = openRequest(`${endpoint.url}${endpoint.inferPath}`, {
    method: "POST",
    agent,
    headers: { ...endpoint.headers, ...headers, "content-length": body.length },
  });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const port = response.socket.localPort;
  const bytes = new Uint8Array(Buffer.concat(await response.toArray()));
  const answer: Answer = {
    status: response.statusCode ?? 0,
    headers: new Headers(response.headers as Record<string, string>),
    bytes,
  };
  return { port, answer };
}

/** A good request, a bad one and a good one over one connection. */
async function threeInTurn(endpoint: Endpoint) {
  if (!isHttp(endpoint)) throw new Absent("the connection's proxy would be checked, not the server");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const good = endpoint.request(SMALL);
  const bad = new TextEncoder().encode('{"inputs": [');
  try {
    const first = await overConnection(agent, endpoint, good.body, good.headers);
    const refused = await overConnection(agent, endpoint, bad, { "content-type": "application/json" });
    const last = await overConnection(agent, endpoint, good.body, good.headers);
    return { ports: [first.port, refused.port, last.port], last: last.answer };
  } finally {
    agent.destroy();
  }
}

export const CONVERSATION: Group = {
  title: "Concurrency, cancellation, connections",
  checks: [
    {
      name: "answers each of several pictures of different shapes at once with its own",
      demand: "worker",
      source: "src/edge/stylize/draw.ts",
      run: (endpoint) =>
        assertOwnAnswers(endpoint, [picture(32, 32), SMALL, picture(64, 48), picture(37, 80)]),
    },
    {
      name: "and of several of one shape, which it may batch",
      demand: "worker",
      source: "src/edge/stylize/draw.ts",
      run: (endpoint) =>
        assertOwnAnswers(
          endpoint,
          [1, 2, 3, 4].map((seed) => picture(48, 48, seed)),
        ),
    },
    {
      name: "goes on drawing when a client leaves in the middle of a run",
      demand: "worker",
      source: "src/edge/inference/chain.ts, whose deadline and hedging leave so",
      run: async (endpoint) => {
        const leaving = new AbortController();
        const clients = Array.from({ length: 4 }, () =>
          endpoint.draw(LARGE, { signal: leaving.signal }).catch(() => {}),
        );
        // Once one of them has its drawing, another's is being drawn, and the rest wait.
        await Promise.race(clients);
        leaving.abort();
        await Promise.all(clients);
        await assertGoesOn(endpoint);
      },
    },
    {
      name: "goes on drawing when a client leaves in the middle of its request",
      demand: "worker",
      source: "src/edge/inference/chain.ts",
      run: async (endpoint) => {
        if (!isHttp(endpoint)) throw new Absent("it is behind TLS");
        const { hostname, port, host, pathname } = new URL(`${endpoint.url}${endpoint.inferPath}`);
        const socket = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ""));
        await once(socket, "connect");
        const headers = Object.entries({ Host: host, ...endpoint.headers, "Content-Length": "5000" });
        const lines = [`POST ${pathname} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
        const head = `${lines.join("\r\n")}\r\n\r\n{"inputs": [`;
        await new Promise((resolve) => socket.write(head, resolve));
        socket.destroy();
        await assertGoesOn(endpoint);
      },
    },
    {
      name: "tells answers on one connection apart, a refusal between them",
      demand: "worker",
      source: "RFC 9112, 9.3: Persistence",
      run: async (endpoint) => {
        const { last } = await threeInTurn(endpoint);
        assertSame(endpoint.drawingOf(last), await endpoint.drawn(SMALL), "the last drawing");
      },
    },
    {
      name: "keeps the connection for all three",
      demand: "told",
      source: "RFC 9112, 9.3: Persistence",
      run: async (endpoint) => {
        const { ports } = await threeInTurn(endpoint);
        assert.equal(new Set(ports).size, 1, `${new Set(ports).size} connections`);
      },
    },
    {
      name: "takes a body whose length is not told before",
      demand: "told",
      source: "RFC 9112, 7.1: Chunked Transfer Coding",
      run: async (endpoint) => {
        const body = new Blob([JSON.stringify({ inputs: [endpoint.jsonTensor(SMALL)] })]).stream();
        const answer = await endpoint.post(body, { "content-type": "application/json" }, {
          duplex: "half",
        } as RequestInit);
        assertSame(endpoint.drawingOf(answer), await endpoint.drawn(SMALL), "the drawing");
      },
    },
    {
      name: "answers HEAD as GET, without the body",
      demand: "told",
      source: `RFC 9110, 9.3.2; ${OIP} names GET`,
      run: async (endpoint) => {
        const { status, bytes } = await endpoint.get("/v2/health/ready", { method: "HEAD" });
        assert.deepEqual([status, bytes.length], [200, 0]);
      },
    },
  ],
};
