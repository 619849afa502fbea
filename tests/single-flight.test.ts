import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Inference, startInference } from "./support/inference.ts";
import { INFERENCE_HOST, internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// Two Workers as they are deployed, in isolates of their own, with one bucket and one set of flights between them.

const NAMES = ["one", "two"] as const;
const ORIGIN = "http://photos.example.com";

let inference: Inference;
let workers: Workers;
/** How often the network was asked to draw; a test may take it away. */
let inferences = 0;
let isNetworkAway = false;
/** Paths that origins were asked for. */
const fetched: (string | undefined)[] = [];

beforeAll(async () => {
  inference = await startInference();
  const online = internet(inference.url);
  const outbound: typeof online = (incoming, outgoing) => {
    const isAsked = incoming.headers.host === INFERENCE_HOST && /ttn_\w+\/infer$/.test(incoming.url ?? "");
    if (isAsked) inferences++;
    else fetched.push(incoming.url);
    if (isAsked && isNetworkAway) outgoing.writeHead(503, { "Retry-After": "7" }).end();
    else online(incoming, outgoing);
  };
  const bindings = {
    INFERENCE_URL: `http://${INFERENCE_HOST}`,
    MODEL_SUFFIX: "_int8",
    ALLOWED_SOURCES: new URL(ORIGIN).host,
  };
  workers = await startWorkers((modules) =>
    NAMES.map((name) => stylegate(name, modules, bindings, { flights: "one", outbound })),
  );
});

beforeEach(() => {
  inferences = 0;
  isNetworkAway = false;
});

afterAll(async () => {
  await workers?.stop();
  await inference?.stop();
});

/** Asks both Workers for every path at once, `times` times each. */
async function askAtOnce(paths: string[], times = 3) {
  const fetchers = await Promise.all(NAMES.map((name) => workers.miniflare.getWorker(name)));
  const asked = fetchers.flatMap((fetcher) =>
    Array.from({ length: times }, () =>
      paths.map((path) => fetcher.fetch(`http://stylegate.localhost${path}`)),
    ),
  );
  return Promise.all(
    asked.flat().map(async (answering) => {
      const answer = await answering;
      return {
        status: answer.status,
        etag: answer.headers.get("ETag"),
        retryAfter: answer.headers.get("Retry-After"),
        found: /cache;desc=(\w+)/.exec(answer.headers.get("Server-Timing") ?? "")?.[1],
        bytes: Buffer.from(await answer.arrayBuffer()).toString("base64"),
      };
    }),
  );
}

const upload = async () => {
  const body = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
  const fetcher = await workers.miniflare.getWorker("one");
  const answer = await fetcher.fetch("http://stylegate.localhost/v1/uploads", { method: "POST", body });
  return ((await answer.json()) as { id: string }).id;
};

describe("requests that arrive at two Workers at once", () => {
  it("for the same picture have it drawn once", async () => {
    const answers = await askAtOnce([`/image/style=handdrawn,width=300/upload:${await upload()}`]);
    expect(inferences).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.filter(({ found }) => found === "miss")).toHaveLength(1);
    expect(new Set(answers.map(({ bytes }) => bytes)).size).toBe(1);
    expect(new Set(answers.map(({ etag }) => etag)).size).toBe(1);
  });

  it("for several sizes and formats of a picture have it drawn once", async () => {
    const options = ["width=200", "width=320,format=png", "height=100,format=webp", "strength=0.5"];
    const answers = await askAtOnce(
      options.map((option) => `/image/style=handdrawn,${option}/${ORIGIN}/png?seed=4`),
    );
    expect(inferences).toBe(1);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(answers.map(({ etag }) => etag)).size).toBe(options.length);
  });

  it("for different pictures have each drawn", async () => {
    await askAtOnce([1, 2].map((seed) => `/image/style=handdrawn/${ORIGIN}/png?seed=${seed}`));
    expect(inferences).toBe(2);
  });

  it("ask a picture's origin once", async () => {
    const answers = await askAtOnce([`/image/style=handdrawn/${ORIGIN}/echo/once?seed=77`]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(fetched.filter((url) => url?.startsWith("/echo/once"))).toHaveLength(1);
  });

  it("ask its origin once for a photo that is shown too, drawn or not", async () => {
    const path = (options: string) => `/image/style=handdrawn${options}/${ORIGIN}/echo/shown?seed=78`;
    const requests = () => fetched.filter((url) => url?.startsWith("/echo/shown")).length;
    await askAtOnce([path("")]);
    for (const strength of ["0.5", "0"]) {
      const before = requests();
      const answers = await askAtOnce([path(`,strength=${strength}`)]);
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(new Set(answers.map(({ bytes }) => bytes)).size).toBe(1);
      expect(requests()).toBe(before + 1);
    }
  });

  it("are all told when it fails, and the next one draws it", async () => {
    const path = `/image/style=handdrawn/${ORIGIN}/png?seed=3`;
    isNetworkAway = true;
    const failed = await askAtOnce([path]);
    expect(failed.map(({ status, retryAfter }) => [status, retryAfter])).toEqual(
      failed.map(() => [503, "7"]),
    );
    expect(inferences).toBeLessThan(failed.length);
    isNetworkAway = false;
    inferences = 0;
    const answers = await askAtOnce([path]);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(inferences).toBe(1);
  });
});
