import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Stylization } from "../src/contract/api/stylizations.ts";
import { type Inference, startInference } from "./support/inference.ts";
import { INFERENCE_HOST, type Internet, internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// Two Workers as they are deployed, with one bucket, one queue and one set of objects between them, before the network itself. What fails here
// fails as it does in production: the server is killed, the queue says things twice, and both Workers want the same.

const ORIGIN = "http://photos.example.com";
const ASYNC = { Prefer: "respond-async" };
const OUTPUTS = [
  { style: "toon", width: 96 },
  { style: "toon", width: 48, format: "png" },
];

let inference: Inference;
let workers: Workers;
/** What is at the network's host just now; nothing where its server is dead. */
let network: Internet | undefined;
/** Calls of the network that draws, and what a test does with each before it is passed on; `false`: it is answered already. */
let drawings: string[] = [];
let onDrawing: (...asked: Parameters<Internet>) => boolean | Promise<boolean>;

beforeAll(async () => {
  inference = await startInference(["ttn_toon_int8"]);
  network = internet(inference.url);
  const outbound: Internet = async (incoming, outgoing) => {
    const isDrawing = incoming.headers.host === INFERENCE_HOST && /ttn_\w+\/infer$/.test(incoming.url ?? "");
    if (isDrawing) drawings.push(incoming.url ?? "");
    if (isDrawing && !(await onDrawing(incoming, outgoing))) return;
    if (network) network(incoming, outgoing);
    else outgoing.destroy();
  };
  const variables = {
    INFERENCE_URL: `http://${INFERENCE_HOST}`,
    MODEL_SUFFIX: "_int8",
    ALLOWED_SOURCES: new URL(ORIGIN).host,
    MAX_FACES: "0",
  };
  workers = await startWorkers((modules) =>
    ["one", "two"].map((name) => stylegate(name, modules, variables, { flights: "one", outbound })),
  );
});

beforeEach(() => {
  drawings = [];
  onDrawing = () => true;
});

afterAll(async () => {
  await workers?.stop();
  await inference?.stop();
});

type Asked = { method?: string; headers?: Record<string, string>; body?: unknown };

async function ask(path: string, { method = "GET", headers = {}, body }: Asked = {}, worker = "two") {
  const fetcher = await workers.miniflare.getWorker(worker);
  return fetcher.fetch(`http://localhost${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function begin(source: string, headers: Record<string, string> = ASYNC): Promise<Stylization> {
  const answer = await ask("/v1/stylizations", {
    method: "POST",
    headers,
    body: { source, outputs: OUTPUTS },
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Stylization;
}

const stateOf = async (id: string) => (await (await ask(`/v1/stylizations/${id}`)).json()) as Stylization;

/** How a stylization stood each time that its status changed, up to its end: told by its events. */
async function endOf(id: string): Promise<Stylization> {
  const events = await (await ask(`/v1/stylizations/${id}/events`)).text();
  const last =
    events
      .trim()
      .split("\n")
      .at(-1)
      ?.replace(/^data: /, "") ?? "";
  return (JSON.parse(last) as { stylization: Stylization }).stylization;
}

const stored = async () => {
  const bucket = await workers.miniflare.getR2Bucket("PICTURES", "one");
  return (await bucket.list({ prefix: "outputs/" })).objects.map(({ key }) => key);
};

const picturesOf = ({ outputs }: Stylization) =>
  outputs.map(({ url }) => url?.replace("/v1/pictures/", "outputs/"));

describe("a stylization", () => {
  it("is drawn by the network itself, of an upload of a phone's size, once for all sizes", async () => {
    const body = await readFile(fileURLToPath(new URL("../src/edge/page/sample.jpg", import.meta.url)));
    const fetcher = await workers.miniflare.getWorker("two");
    const uploaded = await fetcher.fetch("http://localhost/v1/uploads", { method: "POST", body });
    const { id } = (await uploaded.json()) as { id: string };
    const made = await begin(`upload:${id}`, {});
    expect([made.status, drawings.length]).toEqual(["succeeded", 1]);
    for (const { url, bytes } of made.outputs) {
      const picture = await ask(url ?? "", {}, "one");
      expect((await picture.arrayBuffer()).byteLength).toBe(bytes);
    }
  });

  it("outlives the network's server, which is killed while it draws and comes back", async () => {
    const killed = Promise.withResolvers<void>();
    onDrawing = (incoming, outgoing) => {
      if (!network) return true; // asked once more, and dead
      network(incoming, outgoing);
      network = undefined;
      inference.kill().then(killed.resolve);
      return false;
    };
    const { id } = await begin(`${ORIGIN}/png?seed=101&width=600&height=600`);
    await killed.promise;
    await expect.poll(async () => (await stateOf(id)).outputs[0]?.status).toBe("queued");
    onDrawing = () => true;
    inference = await startInference(["ttn_toon_int8"]);
    network = internet(inference.url);
    const ended = await endOf(id);
    expect([ended.status, ended.outputs.map(({ error }) => error)]).toEqual([
      "succeeded",
      [undefined, undefined],
    ]);
    expect(drawings).toHaveLength(3); // to begin with, once more as the connection was lost, and by the server that came back
    expect(await stored()).toEqual(expect.arrayContaining(picturesOf(ended)));
  });

  it("waits for an endpoint that is busy for a while, and takes it when it is not", async () => {
    let busy = 2;
    onDrawing = (_, outgoing) => {
      if (busy-- > 0) outgoing.writeHead(503, { "Retry-After": "1" }).end();
      return busy < 0;
    };
    const { id } = await begin(`${ORIGIN}/png?seed=102`);
    expect((await endOf(id)).status).toBe("succeeded");
    expect(drawings).toHaveLength(3);
  });

  it("waits for an endpoint whose key is exchanged for another, until the Worker is let in again", async () => {
    let closed = 3; // as often as an answer that is nonsense is tried
    onDrawing = (_, outgoing) => {
      if (closed-- <= 0) return true;
      outgoing.writeHead(401, { "Content-Type": "application/json" });
      outgoing.end('{"error":"a key is needed"}');
      return false;
    };
    const { id } = await begin(`${ORIGIN}/png?seed=109`);
    expect((await endOf(id)).status).toBe("succeeded");
    expect(closed).toBeLessThan(0);
  });

  it("that is asked for three times over by the queue, while it is drawn and after, is drawn once", async () => {
    const queue = await workers.miniflare.getQueueProducer<{ job: string }>("JOB_QUEUE", "one");
    const before = await stored();
    const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    onDrawing = async () => {
      started.resolve();
      await go.promise;
      return true;
    };
    const { id } = await begin(`${ORIGIN}/png?seed=103`);
    for (let time = 0; time < 3; time++) await queue.send({ job: id });
    await started.promise;
    for (let time = 0; time < 3; time++) await queue.send({ job: id });
    go.resolve();
    const ended = await endOf(id);
    await queue.send({ job: id });
    const other = await begin(`${ORIGIN}/png?seed=104`); // the queue keeps its order: all before have been delivered by then
    await endOf(other.id);
    expect(drawings).toHaveLength(2);
    expect(await stateOf(id)).toEqual(ended);
    expect((await stored()).length).toBe(before.length + 4);
  });

  it("that a request draws itself is not drawn by the queue's Worker too, nor by a second request of its name", async () => {
    const queue = await workers.miniflare.getQueueProducer<{ job: string }>("JOB_QUEUE", "one");
    const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    onDrawing = async () => {
      started.resolve();
      await go.promise;
      return true;
    };
    const source = `${ORIGIN}/png?seed=105`;
    const name = { "Idempotency-Key": "of-two" };
    const first = begin(source, name);
    await started.promise;
    const asked = { method: "POST", body: { source, outputs: OUTPUTS } };
    const later = (await (
      await ask("/v1/stylizations", { ...asked, headers: { ...name, ...ASYNC } }, "one")
    ).json()) as Stylization;
    expect((await ask("/v1/stylizations", { ...asked, headers: name }, "one")).status).toBe(409);
    await queue.send({ job: later.id });
    go.resolve();
    expect((await first).id).toBe(later.id);
    await endOf((await begin(`${ORIGIN}/png?seed=108`)).id); // the queue has delivered what was before
    expect(drawings).toHaveLength(2);
    expect((await begin(source, name)).id).toBe(later.id);
  });

  it("that is canceled while it is drawn leaves no picture", async () => {
    const before = await stored();
    const [started, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    onDrawing = async () => {
      started.resolve();
      await go.promise;
      return true;
    };
    const { id } = await begin(`${ORIGIN}/png?seed=106`);
    await started.promise;
    const answer = await ask(`/v1/stylizations/${id}`, { method: "DELETE" });
    expect(((await answer.json()) as Stylization).status).toBe("canceled");
    go.resolve();
    await endOf((await begin(`${ORIGIN}/png?seed=107`)).id); // the queue has done with the one before
    expect((await stateOf(id)).outputs.map(({ status }) => status)).toEqual(["canceled", "canceled"]);
    expect(await stored()).toHaveLength(before.length + 2);
    expect(drawings).toHaveLength(2);
  });
});
