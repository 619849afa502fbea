import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { chainOfOne } from "../../../tests/support/chain.ts";
import { encodeInferResponse } from "../../contract/oip.ts";
import { draw, whyNotDrawn } from "./draw.ts";
import type { Inference } from "./endpoint.ts";

const SIZE = { width: 40, height: 33 };
const photo = Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => (i * 7) % 256);

/** The embedded server, or an endpoint that misbehaves as the answer says. */
function endpoint(answer?: () => Response | Promise<Response>): Inference {
  return chainOfOne({
    url: env.INFERENCE_URL,
    fetch: answer ? async () => answer() : (input, init) => fetch(input, init),
  });
}

function outputs(name: string, datatype: "UINT8" | "INT8", shape: number[]): Response {
  const bytes = new Uint8Array(shape.reduce((product, side) => product * side, 1));
  const { body, headers } = encodeInferResponse({
    model_name: "ttn_handdrawn_int8",
    outputs: [{ name, datatype, shape, bytes, binary: true }],
  });
  return new Response(body, { headers });
}

const broken = () =>
  new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("connection lost")),
  });

const endless = () => {
  const chunk = new Uint8Array(65_536);
  return new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(chunk) });
};

describe("draw", () => {
  it("has the network draw a picture of the same size, the same each time", async () => {
    const drawn = await draw(photo, SIZE, "handdrawn", endpoint());
    expect(drawn.byteLength).toBe(photo.byteLength);
    expect(drawn).not.toEqual(photo);
    expect(await draw(photo, SIZE, "handdrawn", endpoint())).toEqual(drawn);
  });

  it("has it draw several of one size in one call, each as if it were alone", async () => {
    const other = photo.map((value) => 255 - value);
    const both = new Uint8Array([...photo, ...other]);
    let calls = 0;
    const counting = chainOfOne({
      url: env.INFERENCE_URL,
      fetch: (input, init) => {
        calls++;
        return fetch(input, init);
      },
    });
    const drawn = await draw(both, { ...SIZE, count: 2 }, "handdrawn", counting);
    expect(calls).toBe(1);
    expect(drawn.subarray(0, photo.length)).toEqual(await draw(photo, SIZE, "handdrawn", endpoint()));
    expect(drawn.subarray(photo.length)).toEqual(await draw(other, SIZE, "handdrawn", endpoint()));
  });

  const row = Array.from({ length: 160 }, () => [255, 254, 253]);
  const rows = Array.from({ length: 100 }, () => row);
  it.each([
    ["flat", rows.flat(2)],
    ["nested", [rows]],
  ])(
    "takes an answer in JSON, %s and with blanks, of an endpoint that gives nothing else",
    async (_, data) => {
      const size = { width: 160, height: 100 };
      const output = { name: "stylized", datatype: "UINT8", shape: [1, 100, 160, 3], data };
      const json = JSON.stringify({ model_name: "ttn_handdrawn", outputs: [output] }).replaceAll(",", ", ");
      const answer = () => new Response(json, { headers: { "Content-Type": "application/json" } });
      const drawn = await draw(new Uint8Array(48_000), size, "handdrawn", endpoint(answer));
      expect(drawn).toEqual(Uint8Array.from(rows.flat(2)));
    },
  );

  it("fails where the endpoint has no such network", async () => {
    await expect(draw(photo, SIZE, "unheard-of", endpoint())).rejects.toMatchObject({
      code: "inference_failed",
    });
  });

  it.each([
    ["another output", () => outputs("other", "UINT8", [1, 33, 40, 3])],
    ["another size", () => outputs("stylized", "UINT8", [1, 40, 33, 3])],
    ["another datatype", () => outputs("stylized", "INT8", [1, 33, 40, 3])],
    ["a page", () => new Response("<html>")],
    ["too much", () => new Response(endless())],
    ["nothing", () => new Response(null)],
    ["a refusal", () => Response.json({ error: "bad input" }, { status: 400 })],
    ["an error", () => Response.json({ error: "oops" }, { status: 500 })],
  ])("fails where the endpoint answers with %s", async (_, answer) => {
    await expect(draw(photo, SIZE, "handdrawn", endpoint(answer))).rejects.toMatchObject({
      code: "inference_failed",
    });
  });

  it.each([
    ["is full", () => new Response(null, { status: 503, headers: { "Retry-After": "7" } }), 7],
    ["is throttled", () => new Response(null, { status: 429 }), 5],
    ["restarts", () => new Response(null, { status: 502 }), 5],
    ["is broken, as what stands before it says", () => new Response("oops", { status: 500 }), 5],
    [
      "names no sensible time",
      () => new Response(null, { status: 503, headers: { "Retry-After": "1e9" } }),
      5,
    ],
    ["breaks off", () => new Response(broken()), 5],
    ["refuses the connection", () => Promise.reject(new TypeError("refused")), 5],
  ])("is to be tried again where the endpoint %s", async (_, answer, retryAfter) => {
    await expect(draw(photo, SIZE, "handdrawn", endpoint(answer))).rejects.toMatchObject({
      code: "inference_unavailable",
      retryAfter,
    });
  });

  it("gives up when the time is over", async () => {
    const hanging = chainOfOne(
      {
        url: env.INFERENCE_URL,
        fetch: (_, init) => fetch("http://photos.example.com/hang", { signal: init?.signal ?? null }),
      },
      { timeout: 100 },
    );
    await expect(draw(photo, SIZE, "handdrawn", hanging)).rejects.toMatchObject({
      code: "inference_timeout",
    });
  });
});

describe("whyNotDrawn", () => {
  it("asks for the style's own network", async () => {
    expect(await whyNotDrawn("handdrawn", endpoint().endpoints[0])).toBeUndefined();
    expect(await whyNotDrawn("unheard-of", endpoint().endpoints[0])).toBe("missing");
  });

  it.each<readonly [string, () => Promise<Response>]>([
    ["unreachable", () => Promise.reject(new TypeError("refused"))],
    ["timeout", () => Promise.reject(new DOMException("too long", "TimeoutError"))],
    ...[502, 504, 522, 530].map(
      (status) => ["unreachable", async () => new Response(null, { status })] as const,
    ),
    ...[401, 403].map((status) => ["unauthorized", async () => new Response(null, { status })] as const),
    ["unauthorized", async () => Response.redirect("https://login.example.com/", 302)],
    ...[400, 404, 500, 503].map((status) => ["missing", async () => new Response(null, { status })] as const),
  ])("says %s", async (why, answer) => {
    expect(await whyNotDrawn("handdrawn", endpoint(answer).endpoints[0])).toBe(why);
  });

  it.each([
    [401, "unauthorized"],
    [403, "unauthorized"],
    [404, undefined],
  ])("hears from what wants a key, where a model is ready for anybody, with %s: %s", async (status, why) => {
    const { endpoints } = chainOfOne({
      url: env.INFERENCE_URL,
      fetch: async (url) => new Response(null, { status: String(url).endsWith("/ready") ? 200 : status }),
    });
    expect(await whyNotDrawn("handdrawn", endpoints[0])).toBe(why);
  });
});
