import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Stylization } from "../src/contract/api/stylizations.ts";
import { type Inference, startInference } from "./support/inference.ts";
import { png } from "./support/png.ts";
import { freePorts, portOf } from "./support/ports.ts";
import { processesWith } from "./support/processes.ts";
import { type Service, startService } from "./support/service.ts";

// The Worker as `npm start` runs it, killed with SIGKILL in the middle of a stylization and started again on what it had stored.

const OUTPUTS = ["jpeg", "png"].map((format) => ({ style: "toon", width: 64, format }));

let inference: Inference;
/** Before the network: counts what draws, and holds it back where a test says so. */
let proxy: Server;
let drawings = 0;
let onDrawing: () => Promise<void>;

let folder: string;
let service: Service | undefined;
let url: string;
let settings: Record<string, string>;

beforeAll(async () => {
  inference = await startInference(); // `npm start` waits for all styles
  proxy = createServer(async (incoming, outgoing) => {
    if (/ttn_\w+\/infer$/.test(incoming.url ?? "")) {
      drawings++;
      await onDrawing();
    }
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? "/", inference.url), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("error", () => {}); // who asked is dead
    incoming.on("error", () => {}).pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-jobs-"));
  drawings = 0;
  onDrawing = async () => {};
  const [port] = await freePorts();
  url = `http://127.0.0.1:${port}`;
  settings = {
    ...{ PORT: port, STATE_DIR: join(folder, "state"), MAX_FACES: "0", ALLOWED_SOURCES: "*" },
    ...{ INFERENCE_URL: `http://127.0.0.1:${portOf(proxy)}`, MODEL_SUFFIX: "_int8" },
  };
});

afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

afterAll(async () => {
  proxy?.close();
  await inference?.stop();
});

async function start(): Promise<void> {
  service = startService(settings);
  await service.ready;
}

/** Everything that was started, with nothing said to it before. */
async function kill(): Promise<void> {
  service?.process.kill("SIGKILL");
  await expect.poll(() => processesWith(folder)).toEqual([]);
}

async function upload(seed: number): Promise<string> {
  const answer = await fetch(`${url}/v1/uploads`, { method: "POST", body: new Uint8Array(png({ seed })) });
  return ((await answer.json()) as { id: string }).id;
}

const begin = (source: string, headers: Record<string, string>) =>
  fetch(`${url}/v1/stylizations`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ source, outputs: OUTPUTS }),
  });

const stateOf = async (id: string) =>
  (await (await fetch(`${url}/v1/stylizations/${id}`)).json()) as Stylization;

/** Waits for the last of its events. */
async function endOf(id: string): Promise<Stylization> {
  await (await fetch(`${url}/v1/stylizations/${id}/events`)).text();
  return stateOf(id);
}

async function expectSound({ status, outputs }: Stylization): Promise<void> {
  expect([status, outputs.map((output) => output.status)]).toEqual(["succeeded", ["succeeded", "succeeded"]]);
  for (const { url: path, bytes } of outputs) {
    const picture = await fetch(`${url}${path}`);
    expect([picture.status, (await picture.arrayBuffer()).byteLength]).toEqual([200, bytes]);
  }
}

describe("a Worker that is killed", () => {
  it("while the queue's stylization is drawn, and whose queue is lost with it, finishes it once it is back", async () => {
    await start();
    const reached = Promise.withResolvers<void>();
    onDrawing = () => {
      reached.resolve();
      return new Promise(() => {});
    };
    const source = `upload:${await upload(1)}`;
    const answers = await Promise.all(
      [1, 2].map((time) => begin(source, { Prefer: "respond-async", "Idempotency-Key": `k${time}` })),
    );
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as Stylization).id));
    await reached.promise;
    await kill();
    onDrawing = async () => {};
    await start();
    for (const id of ids) await expectSound(await endOf(id));
    expect(drawings).toBe(2); // the one that was lost, and one for both: they are of the same photo
    const again = await begin(source, { "Idempotency-Key": "k1" });
    expect(((await again.json()) as Stylization).id).toBe(ids[0]);
  });

  it("while a request draws for itself leaves the work to the queue, and the name to who asks again", async () => {
    await start();
    const reached = Promise.withResolvers<void>();
    onDrawing = () => {
      reached.resolve();
      return new Promise(() => {});
    };
    const source = `upload:${await upload(2)}`;
    const broken = begin(source, { "Idempotency-Key": "sync" }).then(
      () => "answered",
      () => "broken off",
    );
    await reached.promise;
    await kill();
    expect(await broken).toBe("broken off");
    const asked = Promise.withResolvers<void>(); // the queue may be done with it before we are, with the start
    onDrawing = () => asked.promise;
    await start();
    const answer = await begin(source, { "Idempotency-Key": "sync", Prefer: "respond-async" });
    expect(answer.status).toBe(202);
    asked.resolve();
    const { id } = (await answer.json()) as Stylization;
    await expectSound(await endOf(id));
    expect(drawings).toBe(2);
  });
});
