import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ManualClock } from "../../../tests/support/manual-clock.ts";
import { decodeInferRequest, encodeInferResponse, HEADER_LENGTH } from "../../contract/oip.ts";
import { draw, mayDraw } from "./draw.ts";
import type { Endpoint, Inference } from "./endpoint.ts";
import { Health } from "./health.ts";
import type { Observer } from "./observer.ts";

const SIZE = { width: 8, height: 4 };
const photo = Uint8Array.from({ length: 8 * 4 * 3 }, (_, i) => i);

/** What an endpoint does when it is asked. */
type Behaviour = (told: { signal: AbortSignal | null | undefined }) => Response | Promise<Response>;

const drawing =
  (shade = 1, shape = [1, 4, 8, 3]): Behaviour =>
  () => {
    const bytes = new Uint8Array(shape.reduce((product, side) => product * side, 1)).fill(shade);
    const { body, headers } = encodeInferResponse({
      model_name: "network",
      outputs: [{ name: "stylized", datatype: "UINT8", shape, bytes, binary: true }],
    });
    return new Response(body, { headers });
  };
const draws = drawing();
const isAway: Behaviour = () => Promise.reject(new TypeError("refused"));
const isBusy: Behaviour = () => new Response(null, { status: 503, headers: { "Retry-After": "2" } });
const lies = drawing(1, [1, 8, 4, 3]);
const breaksOff: Behaviour = () =>
  new Response(new ReadableStream({ pull: (c) => c.error(new Error("connection lost")) }));
const hangs: Behaviour = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
const status =
  (code: number): Behaviour =>
  () =>
    new Response(null, { status: code });
const refuses =
  (code: number): Behaviour =>
  () =>
    Response.json({ error: "no" }, { status: code });

/** After so many milliseconds; unless nobody wants it any more. */
const later =
  (milliseconds: number, then: Behaviour): Behaviour =>
  ({ signal }) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
      clock.after(milliseconds, () => resolve(then({ signal })));
    });

let clock: ManualClock;

type Line = {
  inference: Inference;
  /** What each attempt was and how it ended, in the order of their beginnings. */
  seen: string[];
  /** Puts another behaviour in an endpoint's place. */
  becomes: (name: string, behaviour: Behaviour) => void;
  logged: object[];
  requests: { url: string; headers: Headers; body: Uint8Array }[];
};

/** A chain of endpoints with these names, on a clock of its own. */
function chain(
  behaviours: Record<string, Behaviour>,
  settings: Partial<Endpoint> = {},
  rest: Partial<Inference> = {},
): Line {
  clock = new ManualClock();
  const logged: object[] = [];
  for (const kind of ["info", "warn"] as const) {
    const spy = vi.spyOn(console, kind).mockImplementation((text) => void logged.push(JSON.parse(text)));
    onTestFinished(() => spy.mockRestore());
  }
  const seen: string[] = [];
  const requests: Line["requests"] = [];
  const observer: Observer = {
    attempt: ({ endpoint, reason }) => {
      const place = seen.push(`${reason} ${endpoint}`) - 1;
      return {
        headers: { traceparent: "00-1-2-01" },
        end: (outcome) => {
          seen[place] += `: ${outcome}`;
        },
      };
    },
  };
  const endpoints = Object.keys(behaviours).map((name): Endpoint => {
    return {
      ...{ name, url: `http://${name}.invalid`, headers: { "X-For": name }, modelSuffix: `_${name}` },
      ...{ timeout: 10_000, concurrency: 8, hedgeAfter: undefined },
      ...settings,
      fetch: async (url, init) => {
        const body = new Uint8Array(init?.body as Uint8Array);
        requests.push({ url: String(url), headers: new Headers(init?.headers), body });
        return (behaviours[name] as Behaviour)({ signal: init?.signal });
      },
    };
  });
  const inference: Inference = {
    ...{ timeout: 30_000, priority: "interactive", observer, health: new Health(clock, () => 0.5) },
    ...rest,
    endpoints: endpoints as [Endpoint, ...Endpoint[]],
  };
  const becomes = (name: string, behaviour: Behaviour) => {
    behaviours[name] = behaviour;
  };
  return { inference, seen, requests, becomes, logged };
}

const ask = (line: Line, changed: Partial<Inference> = {}) =>
  draw(photo, SIZE, "toon", { ...line.inference, ...changed });

/** Asks, lets so much time pass, and tells the code of the problem, or `drawn`. */
async function outcome(line: Line, passing = 0, changed: Partial<Inference> = {}): Promise<string> {
  const asking = ask(line, changed).then(
    () => "drawn",
    (error) => error.code as string,
  );
  await clock.pass(passing);
  return asking;
}

describe("a chain of endpoints", () => {
  it.each<[string, Behaviour, string]>([
    ["is away", isAway, "unreachable"],
    ["breaks off", breaksOff, "unreachable"],
    ["restarts behind a proxy", status(502), "unreachable"],
    ["is away behind Cloudflare", status(523), "unreachable"],
    ["is broken, as what stands before it says", status(500), "unreachable"],
    ["is broken, as it says itself", refuses(500), "wrong"],
    ["finds the picture too large", refuses(413), "wrong"],
    ["is busy", isBusy, "busy"],
    ["is throttled", status(429), "busy"],
    ["answers with another shape", lies, "wrong"],
    ["has no such model", status(404), "wrong"],
    ["has another key", refuses(401), "unauthorized"],
    ["does not let the Worker in", status(403), "unauthorized"],
    [
      "wants somebody to log in",
      () => new Response(null, { status: 302, headers: { Location: "/" } }),
      "unauthorized",
    ],
    ["answers with a page", () => new Response("<html>"), "wrong"],
    ["does not answer", hangs, "timeout"],
  ])("asks the next where the first %s", async (_, behaviour, told) => {
    const line = chain({ gpu: behaviour, cpu: draws });
    expect(await outcome(line, 10_000)).toBe("drawn");
    expect(line.seen).toEqual([`first gpu: ${told}`, "failover cpu: answered"]);
  });

  it("asks each by its own model's name, with its own credentials, and who traces it with theirs", async () => {
    const line = chain({ gpu: isAway, cpu: draws });
    await ask(line);
    expect(line.requests.map(({ url }) => url)).toEqual([
      "http://gpu.invalid/v2/models/ttn_toon_gpu/infer",
      "http://cpu.invalid/v2/models/ttn_toon_cpu/infer",
    ]);
    expect(line.requests.map(({ headers }) => headers.get("X-For"))).toEqual(["gpu", "cpu"]);
    expect(line.requests.map(({ headers }) => headers.get("traceparent"))).toEqual(
      Array(2).fill("00-1-2-01"),
    );
  });

  it.each([
    ["interactive", 1],
    ["batch", 2],
  ] as const)(
    "says who waits (%s) and how long, in microseconds, and sends the same picture each time",
    async (priority, number) => {
      const line = chain({ gpu: later(400, isAway), cpu: draws }, {}, { priority });
      await outcome(line, 400);
      const sent = line.requests.map(({ body, headers }) =>
        decodeInferRequest(body, headers.get(HEADER_LENGTH)),
      );
      expect(sent.map(({ parameters }) => parameters)).toEqual([
        { priority: number, timeout: 10_000_000 },
        { priority: number, timeout: 10_000_000 },
      ]);
      for (const { inputs } of sent) expect(inputs[0]?.bytes).toEqual(photo);
    },
  );

  it("leaves a share of the time to those that are not asked yet", async () => {
    const line = chain({ gpu: hangs, cpu: hangs, spare: draws }, {}, { timeout: 9_000 });
    const began = clock.now();
    const drawn = ask(line).then(() => clock.now() - began);
    await clock.pass(9_000);
    expect(await drawn).toBe(3_000 + 3_000);
  });

  it("gives up when the time is over", async () => {
    const line = chain({ gpu: hangs, cpu: hangs }, {}, { timeout: 8_000 });
    expect(await outcome(line, 8_000)).toBe("inference_timeout");
  });

  it.each<[string, Behaviour, Behaviour, string]>([
    ["one is busy", lies, isBusy, "inference_unavailable"],
    ["one is away", isAway, lies, "inference_unavailable"],
    ["one has another key", refuses(401), lies, "inference_unavailable"],
    ["all have other keys", refuses(401), status(403), "inference_unavailable"],
    ["one is slow", hangs, lies, "inference_timeout"],
    ["all answer wrongly", lies, refuses(500), "inference_failed"],
  ])(
    "says that it may be tried again where %s, and not where nothing else is to come",
    async (_, gpu, cpu, code) => {
      expect(await outcome(chain({ gpu, cpu }), 30_000)).toBe(code);
    },
  );

  it("tells the soonest time that a busy one names", async () => {
    const soon = () => new Response(null, { status: 503, headers: { "Retry-After": "1" } });
    await expect(ask(chain({ gpu: isBusy, cpu: soon }))).rejects.toMatchObject({ retryAfter: 1 });
  });

  it("tells who has drawn", async () => {
    const drawnBy = vi.fn();
    await ask(chain({ gpu: lies, cpu: draws }, {}, { drawnBy }));
    expect(drawnBy.mock.calls).toEqual([["cpu"]]);
  });
});

describe("an endpoint that fails again and again", () => {
  it("is left alone, and tried by one request at a time until it is back", async () => {
    const line = chain({ gpu: isAway, cpu: draws });
    for (let i = 0; i < 5; i++) expect(await outcome(line)).toBe("drawn");
    expect(line.seen.filter((told) => told === "first gpu: unreachable")).toHaveLength(3);
    line.seen.length = 0;
    await clock.pass(1_000);
    line.becomes("gpu", later(50, drawing(2)));
    const both = [ask(line), ask(line)];
    await clock.pass(50);
    expect((await Promise.all(both)).map(([shade]) => shade)).toEqual([2, 1]);
    expect((await Promise.race([ask(line), clock.pass(50).then(() => undefined)]))?.[0]).toBe(2);
    expect(line.seen).toEqual(["first gpu: answered", "first cpu: answered", "first gpu: answered"]);
  });

  it("is left alone for the one model that it answers wrongly for", async () => {
    const line = chain({ gpu: lies, cpu: draws });
    for (let i = 0; i < 6; i++) await ask(line);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
    line.becomes("gpu", draws);
    await draw(photo, SIZE, "handdrawn", line.inference);
    expect(line.seen.at(-1)).toBe("first gpu: answered");
  });

  it("is not blamed for being busy", async () => {
    const line = chain({ gpu: isBusy });
    for (let i = 0; i < 20; i++) await outcome(line);
    line.becomes("gpu", draws);
    expect(await outcome(line)).toBe("drawn");
  });

  it.each([400, 413, 415, 422])("is not blamed for pictures that it does not take (%i)", async (code) => {
    const line = chain({ gpu: refuses(code), cpu: draws });
    for (let i = 0; i < 10; i++) expect(await outcome(line)).toBe("drawn");
    line.becomes("gpu", draws);
    await ask(line);
    expect(line.seen.at(-1)).toBe("first gpu: answered");
  });

  it("is left alone altogether where only what stands before it answers", async () => {
    const line = chain({ gpu: status(500), cpu: draws });
    for (let i = 0; i < 3; i++) await ask(line);
    await draw(photo, SIZE, "handdrawn", line.inference);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
  });

  it("is left alone altogether while it has another key, and draws again once that is set right", async () => {
    const line = chain({ gpu: refuses(401), cpu: draws });
    for (let i = 0; i < 3; i++) await ask(line);
    await draw(photo, SIZE, "handdrawn", line.inference);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
    line.becomes("gpu", draws);
    await clock.pass(1_000);
    await ask(line);
    expect(line.seen.at(-1)).toBe("first gpu: answered");
  });

  it("is half to blame for a time too short for anybody", async () => {
    const line = chain({ gpu: hangs, cpu: draws });
    for (let i = 0; i < 5; i++) await outcome(line, 100, { timeout: 200 });
    line.becomes("gpu", draws);
    await ask(line);
    expect(line.seen.at(-1)).toBe("first gpu: answered");
    line.becomes("gpu", hangs);
    for (let i = 0; i < 6; i++) await outcome(line, 100, { timeout: 200 });
    await ask(line);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
  });

  it("is left alone though the time is shared by many", async () => {
    const line = chain({ gpu: hangs, cpu: draws, spare: draws, last: draws }, {}, { timeout: 12_000 });
    for (let i = 0; i < 6; i++) expect(await outcome(line, 3_000)).toBe("drawn");
    await ask(line);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
  });

  it("costs nothing but what hangs there: other networks of the same host draw on", async () => {
    const line = chain({ gpu: hangs, cpu: draws });
    for (let i = 0; i < 3; i++) {
      line.becomes("gpu", hangs);
      const hanging = outcome(line, 10_000);
      line.becomes("gpu", draws);
      await draw(photo, SIZE, "handdrawn", line.inference);
      expect(await hanging).toBe("drawn");
    }
    await ask(line);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
    await draw(photo, SIZE, "handdrawn", line.inference);
    expect(line.seen.at(-1)).toBe("first gpu: answered");
  });

  it("costs nobody any waiting once it is known, where there is no other", async () => {
    const line = chain({ gpu: hangs });
    for (let i = 0; i < 3; i++) expect(await outcome(line, 10_000)).toBe("inference_timeout");
    await expect(ask(line)).rejects.toMatchObject({ code: "inference_unavailable", retryAfter: 1 });
  });

  it("is tried every five seconds where there is no other", async () => {
    const line = chain({ gpu: isAway });
    for (let i = 0; i < 10; i++) {
      await outcome(line);
      await clock.pass(5_000);
    }
    line.becomes("gpu", draws);
    expect(await outcome(line)).toBe("drawn");
  });

  it("is told of in the log when that begins and ends", async () => {
    const line = chain({ gpu: isAway, cpu: draws });
    for (let i = 0; i < 3; i++) await ask(line);
    line.becomes("gpu", draws);
    await clock.pass(1_000);
    await ask(line);
    expect(line.logged).toEqual([
      {
        event: "endpoint_state",
        endpoint: "gpu",
        state: "open",
        pause: 1_000,
        reason: "unreachable: refused",
      },
      { event: "endpoint_state", endpoint: "gpu", state: "half-open" },
      { event: "endpoint_state", endpoint: "gpu", state: "closed" },
    ]);
  });

  it.each<[string, Behaviour, RegExp]>([
    ["hangs", hangs, /^timeout$/],
    ["answers wrongly", lies, /^wrong: ./],
    [
      "says a gateway's 502",
      async () => new Response("<html>", { status: 502 }),
      /^unreachable: 502: no error message$/,
    ],
    [
      "writes a book",
      async () => Response.json({ error: "x".repeat(9_000) }, { status: 500 }),
      /^wrong: 500: x{195}$/,
    ],
  ])("is told of with the reason, where it %s", async (_, behaviour, reason) => {
    const line = chain({ gpu: behaviour });
    for (let i = 0; i < 3; i++) await outcome(line, 10_000);
    expect(line.logged).toContainEqual(
      expect.objectContaining({
        event: "endpoint_state",
        state: "open",
        reason: expect.stringMatching(reason),
      }),
    );
  });
});

it("repeats no key in the log, nor to whoever asks, where an endpoint tells what it was sent", async () => {
  const headers = { Authorization: 'Bearer 5f2b9c"d0' };
  const tells: Behaviour = async () =>
    Response.json(
      { error: `Bearer 5f2b9c"d0 is unknown, ${JSON.stringify(headers)}, 5f2b9c"d0` },
      { status: 401 },
    );
  const line = chain({ gpu: tells }, { headers });
  const error: unknown = await ask(line).catch((thrown) => thrown);
  for (let i = 0; i < 2; i++) await outcome(line);
  const why = '401: … is unknown, {"Authorization":"…"}, …';
  expect(error).toMatchObject({ code: "inference_unavailable", retryAfter: 5, cause: why });
  expect(line.logged).toContainEqual(
    expect.objectContaining({ state: "open", reason: `unauthorized: ${why}` }),
  );
});

describe("an endpoint that is busy", () => {
  it("comes after the others for as long as it says, a few seconds at most", async () => {
    const long = () => new Response(null, { status: 503, headers: { "Retry-After": "600" } });
    const line = chain({ gpu: long, cpu: draws });
    await ask(line);
    line.becomes("gpu", draws);
    await ask(line);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
    await clock.pass(3_000);
    await ask(line);
    expect(line.seen.at(-1)).toBe("first gpu: answered");
  });

  it("is worth no way there, for who can have it drawn elsewhere, until one has seen whether it still is", async () => {
    const line = chain({ gpu: isBusy });
    const isWorthIt = () => mayDraw("toon", line.inference);
    await outcome(line);
    await clock.pass(1_999);
    expect(isWorthIt()).toBe(false);
    await clock.pass(1);
    expect(isWorthIt()).toBe(true);
    line.becomes("gpu", later(50, draws));
    const one = ask(line);
    expect(isWorthIt()).toBe(false);
    await clock.pass(50);
    await one;
    expect(isWorthIt()).toBe(true);
  });

  it("is seen again by another where who was to see has gone", async () => {
    const line = chain({ gpu: isBusy });
    await outcome(line);
    await clock.pass(2_000);
    line.becomes("gpu", hangs);
    await outcome(line, 100, { timeout: 100 });
    expect(mayDraw("toon", line.inference)).toBe(true);
    const another = outcome(line, 0, { timeout: 100 });
    expect(mayDraw("toon", line.inference)).toBe(false);
    await clock.pass(100);
    await another;
  });

  it("is asked all the same where there is no other: its places may be free again", async () => {
    const line = chain({ gpu: isBusy });
    await outcome(line);
    line.becomes("gpu", draws);
    expect(await outcome(line)).toBe("drawn");
  });
});

describe("the places of an endpoint", () => {
  it("send what is too much to the next, and then away at once, to be tried again", async () => {
    const line = chain({ gpu: later(50, draws), cpu: later(50, draws) }, { concurrency: 1 });
    const waiting = [ask(line), ask(line)];
    await expect(ask(line)).rejects.toMatchObject({ code: "inference_unavailable", retryAfter: 1 });
    await clock.pass(50);
    await Promise.all(waiting);
    expect(line.seen).toEqual(["first gpu: answered", "first cpu: answered"]);
  });

  it("are not all for what nobody waits for", async () => {
    const line = chain({ gpu: later(50, draws) }, { concurrency: 4 });
    const batch = () => ask(line, { priority: "batch" });
    const waiting = [batch(), batch(), batch()];
    await expect(batch()).rejects.toMatchObject({ code: "inference_unavailable" });
    waiting.push(ask(line));
    await clock.pass(50);
    expect(await Promise.all(waiting)).toHaveLength(4);
  });
});

describe("a lost connection", () => {
  it("is tried once more where there is no other endpoint", async () => {
    const line = chain({ gpu: isAway });
    const asking = ask(line);
    line.becomes("gpu", draws);
    await asking;
    expect(line.seen).toEqual(["first gpu: unreachable", "retry gpu: answered"]);
  });

  it("is not, once that happens more often than now and then", async () => {
    const line = chain({ gpu: breaksOff });
    expect(await outcome(line)).toBe("inference_unavailable");
    expect(await outcome(line)).toBe("inference_unavailable");
    expect(line.seen.filter((told) => told.startsWith("retry"))).toHaveLength(1);
  });

  it("is not where the endpoint answered, or took its time", async () => {
    for (const behaviour of [status(500), status(502), isBusy, hangs]) {
      const line = chain({ gpu: behaviour });
      await outcome(line, 30_000);
      expect(line.seen).toHaveLength(1);
    }
  });
});

describe("a slow endpoint", () => {
  const hedged = (gpu: Behaviour, cpu: Behaviour) => chain({ gpu, cpu, spare: draws }, { hedgeAfter: 200 });

  it("is joined by the next, which is taken where it is quicker, and the other given up", async () => {
    const line = hedged(hangs, later(100, drawing(2)));
    const asking = ask(line);
    await clock.pass(300);
    expect((await asking)[0]).toBe(2);
    await clock.pass(0);
    expect(line.seen).toEqual(["first gpu: cancelled", "hedge cpu: answered"]);
  });

  it("is taken itself where it is quicker after all", async () => {
    const line = hedged(later(250, drawing(2)), hangs);
    const asking = ask(line);
    await clock.pass(250);
    expect((await asking)[0]).toBe(2);
    await clock.pass(0);
    expect(line.seen).toEqual(["first gpu: answered", "hedge cpu: cancelled"]);
  });

  it("is waited for where the other fails", async () => {
    const line = hedged(later(500, drawing(2)), lies);
    const asking = ask(line);
    await clock.pass(500);
    expect((await asking)[0]).toBe(2);
    expect(line.seen).toEqual(["first gpu: answered", "hedge cpu: wrong"]);
  });

  it("is followed by a third where both fail, and joined by no more than one", async () => {
    const line = hedged(later(500, lies), later(700, isAway));
    const asking = ask(line);
    await clock.pass(900);
    expect((await asking)[0]).toBe(1);
    expect(line.seen).toEqual(["first gpu: wrong", "hedge cpu: unreachable", "failover spare: answered"]);
  });

  it("is left alone for a while where the other is quicker again and again, and it answers nobody", async () => {
    const line = hedged(hangs, draws);
    for (let i = 0; i < 6; i++) {
      await clock.pass(20_000);
      await outcome(line, 200);
    }
    expect(line.seen.filter((told) => told === "first gpu: cancelled")).toHaveLength(6);
    await outcome(line);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
  });

  it("is not joined by one that is busy", async () => {
    const line = chain({ gpu: lies, cpu: isBusy }, { hedgeAfter: 200 });
    await outcome(line);
    line.becomes("gpu", later(400, draws));
    expect(await outcome(line, 400)).toBe("drawn");
    expect(line.seen.at(-1)).toBe("first gpu: answered");
  });

  it("is left alone where it hangs, though another network of its host answers", async () => {
    const line = hedged(hangs, draws);
    for (let i = 0; i < 6; i++) {
      await clock.pass(20_000);
      line.becomes("gpu", hangs);
      const hanging = outcome(line, 200);
      line.becomes("gpu", draws);
      await draw(photo, SIZE, "handdrawn", line.inference);
      await hanging;
    }
    await draw(photo, SIZE, "toon", line.inference);
    expect(line.seen.at(-1)).toBe("first cpu: answered");
  });

  it("is not joined before that, nor once that happens too often", async () => {
    const quick = hedged(later(199, draws), draws);
    expect(await outcome(quick, 199)).toBe("drawn");
    expect(quick.seen).toEqual(["first gpu: answered"]);
    const slow = hedged(later(400, draws), draws);
    const asked = Promise.all(Array.from({ length: 8 }, () => ask(slow)));
    await clock.pass(400);
    await asked;
    expect(slow.seen.filter((told) => told.startsWith("hedge"))).toHaveLength(2);
  });
});
