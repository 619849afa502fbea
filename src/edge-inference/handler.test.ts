import { describe, expect, it } from "vitest";
import { ManualClock } from "../../tests/support/manual-clock.ts";
import { encodeInferRequest } from "../contract/oip.ts";
import { handle } from "./handler.ts";
import { MAX_BODY_BYTES } from "./limits.ts";
import type { Network } from "./network.ts";
import type { Services } from "./services.ts";
import { NetworkError, Sessions } from "./sessions.ts";
import { Turns } from "./turns.ts";

const NETWORK: Network = {
  name: "ttn_x_edge",
  file: new ArrayBuffer(0),
  maxBatchSize: 8,
  input: { name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] },
  output: { name: "stylized", datatype: "UINT8", shape: [-1, -1, -1, 3] },
};

type Draw = (bytes: Uint8Array) => Uint8Array;

/** An engine whose network answers what it is given, and whose clock stands still unless a test moves it. */
function engine(
  given: {
    draw?: Draw;
    /** How the next one draws. */
    runtime?: () => Draw;
    /** What a network's loading does besides. */
    load?: (clock: { now: number }) => void;
    pause?: () => Promise<void>;
    after?: (milliseconds: number, ring: () => void) => () => void;
  } = {},
) {
  const clock = { now: 0 };
  const lines: { event: string; [field: string]: unknown }[] = [];
  const note = (event: string, fields: Record<string, unknown>) => void lines.push({ event, ...fields });
  const now = () => clock.now;
  const draw = given.draw ?? ((bytes: Uint8Array) => bytes.slice());
  const services: Services = {
    networks: new Map([[NETWORK.name, NETWORK]]),
    sessions: new Sessions(1, {
      start: async () => {},
      load: () => {
        given.load?.(clock);
        return { draw: given.runtime?.() ?? draw, release: () => {} };
      },
      bytes: 0,
    }),
    turns: new Turns({
      most: 2,
      mostBytes: 2 * MAX_BODY_BYTES,
      longest: 1000,
      now,
      after: given.after ?? (() => () => {}),
    }),
    log: { info: note, error: note },
    metrics: () => "",
    now,
    pause: given.pause ?? (async () => {}),
  };
  return { services, lines, clock };
}

const throwing = (error: Error) => (): never => {
  throw error;
};

function request(
  { count = 1, parameters = {} }: { count?: number; parameters?: Record<string, unknown> } = {},
  signal?: AbortSignal,
): Request {
  const { body, headers } = encodeInferRequest({
    inputs: [
      {
        name: "image",
        datatype: "UINT8",
        shape: [count, 32, 32, 3],
        bytes: new Uint8Array(count * 3072).fill(7),
      },
    ],
    parameters: { binary_data_output: true, ...parameters },
  });
  return new Request("http://edge/v2/models/ttn_x_edge/infer", {
    method: "POST",
    headers,
    body,
    ...(signal ? { signal } : {}),
  });
}

describe("the edge engine", () => {
  it("tells what time a request took, loading only where it did", async () => {
    const { services, lines, clock } = engine({
      draw: (bytes) => {
        clock.now += 40;
        return bytes;
      },
    });
    const first = await handle(request(), services);
    expect(first.headers.get("server-timing")).toBe("queue;dur=0.0, load;dur=0.0, compute;dur=40.0");
    const second = await handle(request({ count: 2 }), services);
    expect(second.headers.get("server-timing")).toBe("queue;dur=0.0, compute;dur=80.0");
    expect(lines[1]).toMatchObject({ event: "infer", model: "ttn_x_edge", status: 200, compute_ms: 80 });
  });

  it("draws no picture for who has gone, nor the rest of a batch", async () => {
    const leaving = new AbortController();
    let drawn = 0;
    const { services, lines } = engine({
      draw: (bytes) => {
        if (++drawn === 3) leaving.abort();
        return bytes;
      },
    });
    await handle(request({ count: 8 }, leaving.signal), services);
    expect(drawn).toBe(3);
    await handle(request({}, AbortSignal.abort()), services);
    expect(drawn).toBe(3);
    expect(lines.map(({ status }) => status)).toEqual([499, 499]);
    expect(services.turns.taken).toBe(0);
  });

  it("gives up who has waited for longer than the request says, in microseconds", async () => {
    const { services, clock } = engine({
      pause: async () => {
        clock.now += 5;
      },
    });
    expect((await handle(request({ parameters: { timeout: 5000 } }), services)).status).toBe(200);
    const late = await handle(request({ parameters: { timeout: 4999 } }), services);
    expect([late.status, late.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await handle(request({ parameters: { timeout: 0 } }), services)).status).toBe(200);
  });

  it("says nothing to a client of what went wrong, and all to the log", async () => {
    const { services, lines } = engine({ draw: throwing(new NetworkError("bad_alloc at 0x1234")) });
    const answer = await handle(request(), services);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ error: "the engine failed; its log says why" });
    expect(services.turns.taken).toBe(0);
    expect(lines.map(({ event }) => event)).toEqual(["runtime_restarted", "failed", "infer"]);
    expect(lines[1]).toMatchObject({ reason: expect.stringContaining("bad_alloc") });
  });

  it("blames the shape of a picture where the network draws others, and goes on", async () => {
    const { services } = engine({
      draw: (bytes) => {
        if (bytes[0] === 7) throw new NetworkError("ERROR_CODE: 6, ERROR_MESSAGE: the dimensions do not fit");
        return bytes;
      },
    });
    const answer = await handle(request(), services);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: "the model does not take a picture of the shape [1,32,32,3]",
    });
    expect(services.sessions.restarts).toBe(0);
  });

  it.each([
    ["was torn", new WebAssembly.RuntimeError("unreachable")],
    ["ran out of its stack", new RangeError("Maximum call stack size exceeded")],
    ["has no memory left", new NetworkError("failed to allocate 4 bytes")],
    ["draws nothing any more", new NetworkError("ERROR_CODE: 1")],
  ])("draws with a new runtime where the one that it had %s", async (_, error) => {
    const torn = throwing(error);
    const runtimes: Draw[] = [torn, (bytes) => bytes.slice(), torn];
    const { services } = engine({ runtime: () => runtimes.shift() ?? torn });
    const answers = [await handle(request(), services), await handle(request(), services)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(services.sessions.restarts).toBe(1);
  });

  it("gives a picture up at which two runtimes failed, and draws the next one", async () => {
    let isTorn = true;
    const draw: Draw = (bytes) => {
      if (isTorn) throw new WebAssembly.RuntimeError("unreachable");
      return bytes.slice();
    };
    const { services } = engine({ draw });
    const answer = await handle(request(), services);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([500, null]); // it is not busy
    expect(services.sessions.restarts).toBe(2);
    isTorn = false;
    expect((await handle(request(), services)).status).toBe(200);
  });

  it("learns its pace from no run in which the runtime was restarted", async () => {
    let paced = 0;
    const draw: Draw = (bytes) => {
      paced = services.turns.wait;
      clock.now += 10;
      return bytes.slice();
    };
    const runtimes: Draw[] = [draw, draw];
    const { services, clock } = engine({
      runtime: () => runtimes.shift() ?? draw,
      load: (clock) => {
        clock.now += 1000;
      },
    });
    await handle(request(), services); // loading is not drawing
    runtimes.unshift(throwing(new WebAssembly.RuntimeError("unreachable")));
    services.sessions.restart();
    await handle(request(), services);
    await handle(request(), services);
    expect([paced, services.sessions.restarts]).toEqual([10, 2]);
  });

  it("reads no more of who was taken for dead, whose room another has", async () => {
    const clock = new ManualClock();
    const { services } = engine({ after: clock.after });
    let isRead = true;
    const stalled = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(1024)),
      cancel: () => {
        isRead = false;
      },
    });
    const url = "http://edge/v2/models/ttn_x_edge/infer";
    const init = { method: "POST", body: stalled, duplex: "half" };
    const answer = handle(new Request(url, init), services);
    await clock.pass(999);
    expect([isRead, services.turns.taken]).toEqual([true, 1]);
    await clock.pass(1);
    expect([isRead, services.turns.taken]).toEqual([false, 0]);
    expect((await answer).status).toBe(503);
  });
});
