import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pixelAt } from "../../../tests/fixtures/pictures/picture.ts";
import {
  type Asked,
  ask as askWorker,
  bindings,
  codeOf,
  stored,
} from "../../../tests/support/workerd/ask.ts";
import { askedAtTheEdge, edgeEngineDoes } from "../../../tests/support/workerd/edge-engine.ts";
import { ASYNC, deliver, of, post } from "../../../tests/support/workerd/stylizations.ts";
import { parseConfig } from "../config.ts";
import { decode } from "../image/index.ts";
import { forKeeps, kitFor } from "../kit.ts";
import { probe } from "../source/probe.ts";

const HOST = "https://photos.example.com";
const BLUE = [0, 0, 255, 255];
const GRAY = [128, 128, 128, 255];

let test = 0;
/** Of a test's own size, so that it says what the edge makes of it. */
let width: number;
let size: string;
let source: string;
/** Endpoints of a test's own, of which nothing is known yet: one that is away, and one that draws at once, all gray. */
let away: string;
let painter: string;

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  width = 100 + ++test;
  size = `${width}x80`;
  source = `${HOST}/echo/photo${test}?seed=${31_000 + test}&width=${width}&height=80`;
  away = `http://network.example.com/refuse/edge${test}`;
  painter = `http://inference.example.net/painter/edge${test}`;
  await edgeEngineDoes(size, "paint");
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const path = (options = "", from = source) => `/image/style=handdrawn,format=png${options}/${from}`;
const ask = (url: string, { env, ...asked }: Asked = {}) =>
  askWorker(url, { ...asked, env: { INFERENCE_URL: away, ...env } });
const engine = (answer: Response) => answer.headers.get("Stylegate-Engine");
const timed = (answer: Response) => /engine;desc=(\w+)/.exec(answer.headers.get("Server-Timing") ?? "")?.[1];

async function pixels({ bytes }: { bytes: Uint8Array }) {
  const probed = probe(bytes);
  if (!probed.ok) throw new Error(probed.detail);
  return decode(bytes, probed, { longSide: 4096 });
}

/** How often something was asked for, by the second part of its path. */
async function asked(url: string): Promise<number> {
  const { origin, pathname } = new URL(url);
  return ((await (await fetch(`${origin}/log/${pathname.split("/")[2]}`)).json()) as object[]).length;
}

/** Has the Worker find out that the endpoint is away. */
async function untilKnownAway(): Promise<void> {
  for (let i = 0; i < 3; i++) await ask(path("", `${HOST}/png?seed=${test * 100 + i}&width=40&height=40`));
}

describe("with no endpoint left", () => {
  it("the edge draws, and says so", async () => {
    const answer = await ask(path());
    expect([answer.status, engine(answer), timed(answer)]).toEqual([200, "edge", "edge"]);
    expect(answer.headers.get("Stylegate-Faces")).toBe("unknown");
    expect(pixelAt(await pixels(answer), 50, 40)).toEqual(BLUE);
  });

  it("its picture is fresh for a minute, and shown for another while it is asked for anew, pinned or not", async () => {
    const { styles } = (await (await ask("/v1/styles")).json()) as {
      styles: { id: string; version: string }[];
    };
    const version = styles.find(({ id }) => id === "handdrawn")?.version;
    for (const options of ["", `,version=${version}`]) {
      const cacheControl = (await ask(path(options))).headers.get("Cache-Control");
      expect(cacheControl).toMatch(/^public, max-age=60, stale-while-revalidate=60$/);
    }
  });

  it("a page may read that from other origins", async () => {
    const answer = await ask(path(), { headers: { Origin: "http://localhost:3000" } });
    expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("Stylegate-Engine");
  });

  it("pictures are drawn once at the edge, whatever their size, format and strength", async () => {
    await Promise.all(["", "", ",width=40", ",strength=0.5"].map((options) => ask(path(options))));
    await ask(path(",width=30"));
    expect(await askedAtTheEdge(size)).toBe(1);
  });

  it("a large picture is drawn at 384 pixels, and enlarged with the photo's own detail", async () => {
    const large = `${HOST}/png?seed=${test}&width=${1000 + 10 * test}&height=700`;
    const drawn = `384x${Math.round((384 * 700) / (1000 + 10 * test))}`;
    await edgeEngineDoes(drawn, "paint");
    const answer = await ask(path(",width=900", large));
    expect([engine(answer), (await pixels(answer)).width]).toEqual(["edge", 900]);
    expect(await askedAtTheEdge(drawn)).toBe(1);
  });

  it("another ground is laid behind whom the edge sees", async () => {
    const answer = await ask(path(",backdrop=lime"));
    expect([answer.status, engine(answer)]).toEqual([422, null]); // nobody, as it says
    const kept = await ask(path(",backdrop=keep"));
    expect([kept.status, engine(kept)]).toEqual([200, "edge"]);
  });

  it("the endpoint and the origin are left alone once it is known to be away", async () => {
    await untilKnownAway();
    const before = await asked(away);
    expect(engine(await ask(path()))).toBe("edge");
    expect([await asked(away), await asked(source)]).toEqual([before, 1]);
  });

  it("the origin of a small photo is asked once, though an endpoint was to draw it first", async () => {
    expect(engine(await ask(path()))).toBe("edge");
    expect(await asked(source)).toBe(1);
  });

  it("what an endpoint has drawn is shown, in other sizes too", async () => {
    await ask(path(), { env: { INFERENCE_URL: painter } });
    await untilKnownAway();
    for (const options of ["", ",width=40"]) {
      const answer = await ask(path(options));
      expect([engine(answer), timed(answer)]).toEqual([null, undefined]);
      expect(pixelAt(await pixels(answer), 20, 20)).toEqual(GRAY);
    }
  });
});

describe("the edge's picture", () => {
  it("is replaced as soon as an endpoint draws again, and its name is another one", async () => {
    const first = await ask(path());
    const second = await ask(path(), { env: { INFERENCE_URL: painter } });
    expect([engine(second), timed(second)]).toEqual([null, "endpoint"]);
    expect(pixelAt(await pixels(second), 50, 40)).toEqual(GRAY);
    expect(second.headers.get("ETag")).not.toBe(first.headers.get("ETag"));
    expect(second.headers.get("Cache-Control")).not.toContain("max-age=60,");
    expect(await stored("masters/")).toHaveLength(2);
  });

  it("has not changed for who has it, and has for who has it once an endpoint draws again", async () => {
    const headers = { "If-None-Match": (await ask(path())).headers.get("ETag") ?? "" };
    await untilKnownAway();
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask(path(), { method, headers });
      expect([answer.status, engine(answer)]).toEqual([304, "edge"]);
    }
    expect((await ask(path(), { headers, env: { INFERENCE_URL: painter } })).status).toBe(200);
  });

  it("is what HEAD tells of, where GET would answer it", async () => {
    await untilKnownAway();
    const told = ["ETag", "Stylegate-Engine", "Stylegate-Faces", "Cache-Control", "Content-Length"];
    await ask(path());
    const [head, got] = [await ask(path(), { method: "HEAD" }), await ask(path())];
    expect(told.map((name) => head.headers.get(name))).toEqual(told.map((name) => got.headers.get(name)));
  });
});

describe("the edge draws where", () => {
  it.each([
    ["fails", () => "http://network.example.com/status/500", {}],
    ["answers with nonsense", () => "http://network.example.com/body", {}],
    ["lets nobody in", () => "http://network.example.com/status/401", {}],
    ["is busy", () => "http://network.example.com/status/503", {}],
    ["takes longer than somebody should wait", () => "http://network.example.com/hang", { EDGE_AFTER: "1" }],
  ])("the endpoint %s", async (_, url, env) => {
    const answer = await ask(path(), { env: { ...env, INFERENCE_URL: url() } });
    expect([answer.status, engine(answer)]).toEqual([200, "edge"]);
  });

  it("all of several endpoints are away, and not where one is left", async () => {
    const list = (urls: string[]) =>
      JSON.stringify(urls.map((url, i) => ({ name: `n${i}`, url, modelSuffix: "_int8" })));
    const gone = await ask(path(), { env: { INFERENCE_ENDPOINTS: list([away, `${away}x`]) } });
    expect(engine(gone)).toBe("edge");
    const left = await ask(path(), { env: { INFERENCE_ENDPOINTS: list([away, painter]) } });
    expect([engine(left), timed(left)]).toEqual([null, "n1"]);
  });
});

describe("the edge does not draw", () => {
  it("what is not to be had", async () => {
    await untilKnownAway();
    expect(await codeOf(await ask(path("", `${HOST}/status/404`)))).toBe("source_not_found");
  });

  it("where EDGE_AFTER is 0, nor where it is not bound", async () => {
    const none = { EDGE_INFERENCE: undefined } as unknown as Asked["env"];
    for (const env of [{ EDGE_AFTER: "0" }, none]) {
      expect(await codeOf(await ask(path(), env ? { env } : {}))).toBe("inference_unavailable");
    }
    expect(await askedAtTheEdge(size)).toBe(0);
  });

  it("what is kept for good: stylizations are tried again until an endpoint is back", () => {
    const parsed = parseConfig(bindings);
    if (!parsed.ok) throw new Error(parsed.complaints.join());
    const kit = kitFor(bindings, parsed.config, () => {});
    expect(kit.edge).toBeDefined();
    expect(forKeeps(kit, "interactive", 0).edge).toBeUndefined();
  });
});

it("who asks while the queue has the same picture drawn does not wait for that", async () => {
  const name = `queue${test}`;
  const env = { INFERENCE_URL: `http://network.example.com/hang/${name}`, INFERENCE_TIMEOUT: "3" };
  const { id } = await of(await post({ source, outputs: [{ style: "handdrawn" }] }, ASYNC, env));
  const drawing = deliver(id, env);
  await expect.poll(() => asked(env.INFERENCE_URL)).toBeGreaterThan(0);
  const answer = await ask(path(), { env: { INFERENCE_URL: painter } });
  expect([answer.status, engine(answer), timed(answer)]).toEqual([200, null, "endpoint"]);
  await drawing;
});

describe("with the edge gone too", () => {
  beforeEach(() => edgeEngineDoes(size, "status 503"));

  it("the answer says when to try again", async () => {
    const answer = await ask(path());
    expect([answer.status, await codeOf(answer.clone())]).toEqual([503, "inference_unavailable"]);
    expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  it("so it does for a picture that is too narrow for the edge alone", async () => {
    await edgeEngineDoes("384x26", "paint");
    const narrow = `${HOST}/png?seed=${test}&width=760&height=50`;
    expect(await codeOf(await ask(path("", narrow)))).toBe("inference_unavailable");
  });

  it("onerror is honoured", async () => {
    const env = { ALLOWED_SOURCES: "photos.example.com" };
    const answer = await ask(path(",onerror=redirect"), { env });
    expect([answer.status, answer.headers.get("Location")]).toEqual([302, source]);
  });

  it("the operator's picture is shown", async () => {
    const env = { FALLBACK_IMAGE: `${HOST}/png?seed=1&width=60&height=60`, FALLBACK_STATUS: "200" };
    const answer = await ask(path(), { env });
    expect([answer.status, (await pixels(answer)).width]).toEqual([200, 60]);
  });
});
