import { createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import photo from "../../../tests/fixtures/pictures/rgb.png?bytes";
import { INFERENCE_HOST } from "../../../tests/support/hosts.ts";
import { type Asked, ask, bindings, upload } from "../../../tests/support/workerd/ask.ts";
import { askJson, KEYS, makeKey } from "../../../tests/support/workerd/keys.ts";
import { ASYNC, jobOf, post } from "../../../tests/support/workerd/stylizations.ts";
import { collector, pathsOf } from "../../../tests/support/workerd/traces.ts";
import type { Bindings } from "../bindings.ts";
import { parseConfig } from "../config.ts";
import type { Claim, Creation } from "../jobs/answers.ts";
import { draw } from "../jobs/draw.ts";
import type { JobRequest } from "../jobs/state.ts";

type Env = NonNullable<Asked["env"]>;

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const traceparent = `00-${TRACE}-${CALLER}-01`;
const SOURCE = "https://photos.example.com";
const SERVER = 2;
const CLIENT = 3;
const CONSUMER = 5;

/** Its name is the painter's too, so that nothing is remembered from one test to the next. */
function traced(name: string) {
  const { env, ...rest } = collector(name);
  return { env: { ...env, INFERENCE_URL: `http://${INFERENCE_HOST}/painter/${name}` }, ...rest };
}

const logOf = async (key: string) =>
  (await (await fetch(`${SOURCE}/log/${key}`)).json()) as Record<string, string>[];

describe("a traced request", () => {
  it("is a tree from its caller down to each question to a network, with what the network said of its time", async () => {
    const { env, spans } = traced("tree");
    const answer = await ask(`/image/style=toon,width=48/${SOURCE}/png?seed=7001`, {
      headers: { traceparent },
      env,
    });
    expect(answer.status).toBe(200);
    const sent = await spans();
    expect(new Set(sent.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    expect(pathsOf(sent)).toEqual(
      expect.arrayContaining([
        "GET /image/*",
        "GET /image/* > source",
        "GET /image/* > decode",
        "GET /image/* > infer > infer ttn_toon_int8",
        "GET /image/* > detect > infer face_detector",
        "GET /image/* > encode",
      ]),
    );
    const [root] = sent.filter(({ kind }) => kind === SERVER);
    expect(root?.parentSpanId).toBe(CALLER);
    expect(root?.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.route": "/image/*",
      "http.response.status_code": 200,
      "stylegate.style": "toon",
      "stylegate.cached": "miss",
    });
    const [drawn] = sent.filter(({ name }) => name === "infer ttn_toon_int8");
    expect(drawn?.kind).toBe(CLIENT);
    expect(drawn?.attributes).toMatchObject({
      "stylegate.model": "ttn_toon_int8",
      "stylegate.reason": "first",
      "stylegate.outcome": "answered",
      "stylegate.priority": "interactive",
      "stylegate.queue_ms": 2.5,
      "stylegate.compute_ms": 40,
    });
    const looked = sent
      .filter(({ name }) => name === "lookup")
      .map((span) => span.attributes["stylegate.object"]);
    expect(new Set(looked)).toEqual(new Set(["variant", "master"]));
    expect(sent.every((span) => Number(span.endTimeUnixNano) >= Number(span.startTimeUnixNano))).toBe(true);
  });

  it("is carried on to the endpoint, and to nobody else", async () => {
    const { env, spans } = traced("onward");
    const headers = { traceparent, tracestate: "vendor=1" };
    await ask(`/image/style=toon,width=48/${SOURCE}/echo/stranger?seed=7002`, { headers, env });
    const drawn = (await spans()).find(({ name }) => name === "infer ttn_toon_int8");
    const asked = (await logOf("onward")).filter(({ url }) => url?.endsWith("ttn_toon_int8/infer"));
    expect(asked.map(({ traceparent, tracestate }) => [traceparent, tracestate])).toEqual([
      [`00-${TRACE}-${drawn?.spanId}-01`, "vendor=1"],
    ]);
    const [stranger] = await logOf("stranger");
    expect(stranger).not.toHaveProperty("traceparent");
    expect(stranger).not.toHaveProperty("tracestate");
  });

  it("tells whoever asked its trace, and the networks' time, in Server-Timing", async () => {
    const { env } = traced("told");
    const { headers } = await ask(`/image/style=toon,faces=none/${SOURCE}/png?seed=7003`, {
      headers: { traceparent },
      env,
    });
    const told = headers.get("Server-Timing") ?? "";
    expect(told).toMatch(
      /^cache;desc=miss, .*infer_queue;dur=2\.5, infer_compute;dur=40\.0, traceparent;desc=/,
    );
    expect(told).toMatch(new RegExp(`, traceparent;desc="00-${TRACE}-[0-9a-f]{16}-01"$`));
    expect(told.length).toBeLessThan(512);
  });

  it("has a span for each endpoint of the chain that was asked, and says why", async () => {
    const { env, spans } = collector("failover");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const endpoints = [
      { name: "gpu", url: "http://gpu.example.com/refuse" },
      { name: "cpu", url: `http://${INFERENCE_HOST}/painter/failover` },
    ];
    const chain = { ...env, INFERENCE_ENDPOINTS: JSON.stringify(endpoints) };
    const answer = await ask(`/image/style=toon,faces=none/${SOURCE}/png?seed=7010`, { env: chain });
    expect(answer.status).toBe(200);
    const attempts = (await spans()).filter(({ kind }) => kind === CLIENT);
    expect(
      attempts.map(({ attributes }) =>
        ["endpoint", "reason", "outcome"].map((name) => attributes[`stylegate.${name}`]),
      ),
    ).toEqual([
      ["gpu", "first", "unreachable"],
      ["cpu", "failover", "answered"],
    ]);
    expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
  });

  it("says which attempt failed, and why, without anybody's words", async () => {
    const { env, spans } = collector("failing");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.spyOn(console, "error").mockImplementation(() => {});
    const away = { ...env, INFERENCE_URL: "http://network.example.com/refuse" };
    const answer = await ask(`/image/style=toon,faces=none/${SOURCE}/png?seed=7004`, { env: away });
    expect(answer.status).toBe(503);
    const failed = (await spans()).filter(({ status }) => status.code === 2);
    expect(failed.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual(
      expect.arrayContaining([
        ["infer ttn_toon_int8", "unreachable"],
        ["infer", "inference_unavailable"],
        ["GET /image/*", "inference_unavailable"],
      ]),
    );
  });
});

describe("whether a trace is sent", () => {
  const flagged = (flags: string) => ({ headers: { traceparent: `00-${TRACE}-${CALLER}-${flags}` } });

  it.each([
    ["0", "counted", "01", 0],
    ["1", "counted", "00", 1],
    ["0", "trusted", "01", 1],
    ["1", "trusted", "00", 0],
  ])(
    "with TRACE_SAMPLE_RATE=%s, TRACE_CALLERS=%s and a caller's flags %s: %i",
    async (rate, callers, flags, count) => {
      const { env, exports } = collector(`${rate}-${callers}-${flags}`);
      const all = { ...env, TRACE_SAMPLE_RATE: rate, TRACE_CALLERS: callers };
      const { headers } = await ask("/v1/styles", { ...flagged(flags), env: all });
      expect(await exports()).toHaveLength(count);
      const told = new RegExp(`traceparent;desc="00-${TRACE}-[0-9a-f]{16}-0${count}"`);
      expect(headers.get("Server-Timing")).toMatch(told);
    },
  );

  it("is decided for the endpoints too: what is not sent here is not flagged there", async () => {
    const { env } = traced("unflagged");
    const unsampled = { ...env, TRACE_SAMPLE_RATE: "0" };
    const { status } = await ask(`/image/style=toon,faces=none/${SOURCE}/png?seed=7005`, {
      headers: { traceparent },
      env: unsampled,
    });
    expect(status).toBe(200);
    const [asked] = (await logOf("unflagged")).filter(({ method }) => method === "POST");
    expect(asked?.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });

  it.each([
    ["of zeros", `00-${"0".repeat(32)}-${CALLER}-01`],
    ["without a span", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["in capitals", `00-${TRACE.toUpperCase()}-${CALLER}-01`],
    ["of a version that there is not", `ff-${TRACE}-${CALLER}-01`],
    ["with more than its version has", `00-${TRACE}-${CALLER}-01-more`],
    ["that is too short", `00-${TRACE.slice(1)}-${CALLER}-01`],
    ["sent twice", `${traceparent}, ${traceparent}`],
    ["of nothing", ""],
  ])("takes no part of a traceparent %s: a trace begins", async (name, wrong) => {
    const { env, spans } = collector(`wrong ${name}`.replaceAll(" ", "-"));
    await ask("/v1/styles", { headers: { traceparent: wrong }, env });
    const [root, ...others] = await spans();
    expect(others).toEqual([]);
    expect(root?.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    expect(root?.traceId).not.toBe(TRACE);
    expect(root?.parentSpanId ?? "").toBe("");
  });
});

describe("a collector", () => {
  it("is sent the operator's headers, and nothing that lets anybody in or tells whose photo it was", async () => {
    const { env, exports } = traced("private");
    const key = await makeKey();
    const id = await upload(photo);
    const all = { ...KEYS, ...env, OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Bearer%20of-the-collector" };
    const headers = { Authorization: `Bearer ${key.key}`, "Cf-Connecting-Ip": "203.0.113.7" };
    const secret = "X-Amz-Signature=5ec2e7";
    vi.spyOn(console, "error").mockImplementation(() => {});
    for (const path of [
      `/image/style=toon,width=40/${SOURCE}/png?seed=7006&${secret}`,
      `/image/style=toon,width=40/${SOURCE}/status/503?${secret}`,
      `/image/style=toon,width=40/upload:${id}`,
      `/image/style=toon,kid=a,sig=${"s".repeat(43)}/${SOURCE}/png`,
      `/v1/uploads/${id}`,
    ])
      await ask(path, { headers, env: all });
    await askJson("/v1/users/u_of_somebody", key.key, undefined);
    const taken = await exports();
    expect(taken.length).toBeGreaterThanOrEqual(5);
    for (const { headers } of taken) expect(headers.authorization).toBe("Bearer of-the-collector");
    const told = taken.map(({ body }) => body).join();
    expect(told).toContain("/v1/uploads/");
    for (const word of [
      key.key,
      id,
      secret,
      "photos.example.com",
      "seed=",
      "ssss",
      "203.0.113.7",
      "of-the-coll",
    ])
      expect(told).not.toContain(word);
  });

  it.each(["status/503", "refuse", "redirect"])("that answers with %s costs no request", async (how) => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { env } = collector("none");
    const broken = { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://broken.example.com/${how}` };
    expect((await ask("/v1/styles", { env: broken })).status).toBe(200);
    expect(said.mock.calls.flat().map(String).join()).toContain('"event":"export_failed"');
  });
});

describe("a stylization", () => {
  const request = (seed: number) => ({
    source: `${SOURCE}/png?seed=${seed}`,
    outputs: [{ style: "toon", width: 48 }],
  });

  it("that is drawn by its request is a child of it", async () => {
    const { env, spans } = traced("job-at-once");
    const answer = await post(request(7007), { traceparent }, env);
    expect(answer.status).toBe(200);
    expect(pathsOf(await spans())).toEqual(
      expect.arrayContaining([
        "POST /v1/stylizations",
        "POST /v1/stylizations > draw",
        "POST /v1/stylizations > draw > infer > infer ttn_toon_int8",
      ]),
    );
  });

  it("goes on with its request's trace when it is drawn later, whatever the lot would say then", async () => {
    const { env, spans } = traced("job-later");
    const claim = await postForLater(request(7008), env);
    await drawLater(claim, { ...env, TRACE_SAMPLE_RATE: "0" });
    const sent = await spans();
    expect(pathsOf(sent)).toEqual(
      expect.arrayContaining(["POST /v1/stylizations > draw > infer > infer ttn_toon_int8"]),
    );
    const [drawing] = sent.filter(({ name }) => name === "draw");
    expect([drawing?.kind, drawing?.traceId]).toEqual([CONSUMER, TRACE]);
    expect(drawing?.attributes).toEqual({ "stylegate.style": "toon" });
  });

  it("of which no trace is sent is drawn without", async () => {
    const { env, spans } = traced("job-untraced");
    await drawLater(await postForLater(request(7009), { ...env, TRACE_SAMPLE_RATE: "0" }), env);
    expect(await spans()).toEqual([]);
  });
});

/** Asks for a stylization that no queue has drawn: whoever calls this has what there is to draw. */
async function postForLater(request: object, env: Env): Promise<Claim> {
  let kept: Claim | undefined;
  const getByName = (id: string) => ({
    create: async (asked: JobRequest) => {
      const creation: Creation = await jobOf(id).create(asked, true);
      if (creation.kind !== "created") throw new Error(creation.kind);
      const { claim, ...rest } = creation;
      kept = claim;
      return rest;
    },
  });
  const jobs = { getByName } as unknown as Bindings["JOBS"];
  await post(request, { traceparent, ...ASYNC }, { ...env, JOBS: jobs });
  if (!kept) throw new Error("nothing was asked for");
  return kept;
}

/** As the queue does, outside of any request. */
async function drawLater(claim: Claim, env: Env): Promise<void> {
  const all = { ...bindings, ...env };
  const parsed = parseConfig(all);
  if (!parsed.ok) throw new Error(parsed.complaints.join());
  const context = createExecutionContext();
  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
  await draw(claim, { env: all, config: parsed.config, waitUntil, awaitedUntil: 0 });
  await waitOnExecutionContext(context);
}
