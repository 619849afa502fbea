import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import sharp from "sharp";
import { Upload } from "tus-js-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// Resumable uploads as phones send them: a real client of the protocol, a real Worker, connections that break, and a Worker that dies.

let workers: Workers;
let photo: Buffer;

beforeAll(async () => {
  workers = await startWorkers((modules) => [stylegate("stylegate", modules, { AUTH: "open" })]);
  const [width, height] = [1600, 1200];
  const noise = randomBytes(width * height * 3);
  photo = await sharp(noise, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
});

afterAll(() => workers?.stop());

/** A way to the Worker that can break: it tells with which offsets parts were sent, and cuts connections off. */
async function road(target: string) {
  const offsets: number[] = [];
  let left = Number.POSITIVE_INFINITY;
  const server: Server = createServer((client) => {
    const { port, hostname } = new URL(target);
    const onward = connect(Number(port), hostname);
    const end = () => {
      client.destroy();
      onward.destroy();
    };
    for (const socket of [client, onward]) socket.on("error", end).on("close", end);
    onward.pipe(client);
    client.on("data", (chunk: Buffer) => {
      const [, offset] = /^upload-offset: (\d+)/im.exec(chunk.toString("latin1")) ?? [];
      if (offset !== undefined) offsets.push(Number(offset));
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (left > 0) return void onward.write(part);
      left = Number.POSITIVE_INFINITY; // the next connection holds
      onward.write(part, end);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    offsets,
    breakAfter: (bytes: number) => {
      left = bytes;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

type Options = ConstructorParameters<typeof Upload>[1];

/** Sends it to its end. @returns the upload's id */
function sent(endpoint: string, options: Partial<Options> = {}): { upload: Upload; id: Promise<string> } {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const upload: Upload = new Upload(photo, {
    endpoint: `${endpoint}/v1/uploads/resumable`,
    metadata: { user: "u_1", filename: "me.jpg" },
    retryDelays: [0, 100, 500, 1000, 5000, 5000],
    onError: reject,
    onSuccess: () => resolve((upload.url ?? "").slice(-22)),
    ...options,
  });
  upload.start();
  return { upload, id: promise };
}

async function expectStored(id: string): Promise<void> {
  const told = await (await fetch(`${workers.url}/v1/uploads/${id}`)).json();
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", new Uint8Array(photo))).toString("hex");
  expect(told).toMatchObject({
    id,
    user: "u_1",
    bytes: photo.length,
    sha256: digest,
    width: 1600,
    height: 1200,
  });
}

describe("a phone's upload arrives whole", () => {
  it("in one part", async () => {
    await expectStored(await sent(workers.url).id);
  });

  it("in many", async () => {
    await expectStored(await sent(workers.url, { chunkSize: 300_000 }).id);
  });

  it("where the connection breaks in its middle, without sending again what had arrived", async () => {
    const way = await road(workers.url);
    way.breakAfter(Math.floor(photo.length / 2));
    await expectStored(await sent(way.url).id);
    expect(way.offsets.length).toBeGreaterThan(1);
    const [first, ...later] = way.offsets;
    expect(first).toBe(0);
    expect(later.at(-1)).toBeGreaterThanOrEqual(256 * 1024);
    await way.close();
  });

  it("where the Worker is killed in its middle: what was acknowledged is still there", async () => {
    const { promise: halfway, resolve } = Promise.withResolvers<number>();
    let hasStopped = false;
    const { upload, id } = sent(workers.url, {
      chunkSize: 400_000,
      onChunkComplete: (_, accepted) => {
        if (accepted < photo.length / 2 || hasStopped) return;
        hasStopped = true;
        upload.abort();
        resolve(accepted);
      },
    });
    const acknowledged = await halfway;
    await workers.restart();
    const head = await fetch(upload.url ?? "", { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
    expect(Number(head.headers.get("Upload-Offset"))).toBeGreaterThanOrEqual(acknowledged);
    upload.start();
    await expectStored(await id);
  });

  it("where the Worker is killed while a part is under way", async () => {
    const { promise: underway, resolve } = Promise.withResolvers<void>();
    const { id } = sent(workers.url, {
      onProgress: (bytes) => {
        if (bytes > photo.length / 3) resolve();
      },
    });
    await underway;
    await workers.restart();
    await expectStored(await id);
  });
});

it("of one that is given up nothing is left", async () => {
  const bucket = await workers.miniflare.getR2Bucket("PICTURES", "stylegate");
  const before = (await bucket.list()).objects.length;
  const { promise: halfway, resolve } = Promise.withResolvers<void>();
  const { upload } = sent(workers.url, { chunkSize: 400_000, onChunkComplete: () => resolve() });
  await halfway;
  await upload.abort(true);
  const head = await fetch(upload.url ?? "", { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
  expect(head.status).toBe(404);
  expect((await bucket.list()).objects).toHaveLength(before);
});
