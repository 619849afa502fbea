import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Miniflare } from "miniflare";
import { vi } from "vitest";
import type { Delivery } from "../../src/contract/api/webhooks.ts";
import type { Announcement } from "../../src/edge/webhooks/announcement.ts";
import { type Inference, startInference } from "../support/inference.ts";
import { INFERENCE_HOST, type Internet, internet } from "../support/internet.ts";
import { startWorkers, stylegate, type Workers } from "../support/workers.ts";

/** The origin of the tests' pictures: on it, `/file/{name}` is what `offer` was given. */
export const ORIGIN = "http://photos.example.com";

export type Answer = { status: number; headers: Headers; bytes: Buffer };

export type Asked = {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: Uint8Array | undefined;
};

/** Workers as they are deployed, each with variables of its own, reached over sockets of their own. */
export type Service<Name extends string> = {
  /** Sends the path as it stands, whatever it is. */
  ask: (worker: Name, path: string, asked?: Asked) => Promise<Answer>;
  /** Sends bytes, and gives what comes back until the connection ends or is silent for so many milliseconds. */
  send: (worker: Name, parts: (string | Uint8Array)[], silence?: number) => Promise<string>;
  url: (worker: Name) => URL;
  /** Has the origin answer with it; gives its URL. Headers may be several of one name. */
  offer: (name: string, bytes: Uint8Array, headers?: Record<string, string | string[]>) => string;
  /** Every request that any Worker made, but for those to the network that draws. */
  fetched: { host: string; path: string; headers: Record<string, string | string[] | undefined> }[];
  /** Names of what is stored, and the bytes behind one. */
  stored: (prefix: string) => Promise<string[]>;
  read: (key: string) => Promise<Uint8Array>;
  /** Has a webhook announced for an address, as if somebody had let it be asked for, and tells what became of the first attempt. */
  announce: (url: string) => Promise<Delivery>;
  /** How often the network has drawn. */
  drawn: () => number;
  stop: () => Promise<void>;
};

export async function startService<Name extends string>(
  variables: Record<Name, Record<string, string>>,
  online: (incoming: Parameters<Internet>[0], outgoing: Parameters<Internet>[1]) => boolean = () => false,
): Promise<Service<Name>> {
  const inference: Inference = await startInference();
  const files = new Map<string, { bytes: Uint8Array; headers: Record<string, string | string[]> }>();
  const fetched: Service<Name>["fetched"] = [];
  let drawn = 0;
  const others = internet(inference.url);
  const outbound: Internet = (incoming, outgoing) => {
    const { host = "", ...headers } = incoming.headers;
    if (host === INFERENCE_HOST) {
      if (/ttn_\w+\/infer$/.test(incoming.url ?? "")) drawn++;
      return others(incoming, outgoing);
    }
    fetched.push({ host, path: incoming.url ?? "", headers });
    const file = files.get(/^\/file\/([^?]+)/.exec(incoming.url ?? "")?.[1] ?? "");
    if (file)
      outgoing.writeHead(200, { "Content-Length": file.bytes.length, ...file.headers }).end(file.bytes);
    else if (!online(incoming, outgoing)) others(incoming, outgoing);
  };
  const names = Object.keys(variables) as Name[];
  const workers: Workers = await startWorkers((modules) =>
    names.map((name) => ({
      ...stylegate(
        name,
        modules,
        { INFERENCE_URL: `http://${INFERENCE_HOST}`, MODEL_SUFFIX: "_int8", ...variables[name] },
        { flights: names[0] as string, outbound },
      ),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    })),
  );
  const urls = new Map<string, URL>();
  for (const name of names) urls.set(name, await workers.miniflare.unsafeGetDirectURL(name));
  const url = (name: Name) => urls.get(name) as URL;
  const bucket = await workers.miniflare.getR2Bucket("PICTURES", names[0] as string);
  return {
    ask: (worker, path, asked) => ask(url(worker), path, asked),
    send: (worker, parts, silence) => send(url(worker), parts, silence),
    url,
    offer: (name, bytes, headers = {}) => {
      files.set(name, { bytes, headers });
      return `${ORIGIN}/file/${name}`;
    },
    fetched,
    stored: async (prefix) => {
      const keys: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
        keys.push(...page.objects.map(({ key }) => key));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return keys;
    },
    read: async (key) => new Uint8Array((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer()),
    announce: async (address) =>
      announce(await workers.miniflare.getDurableObjectNamespace("WEBHOOKS"), address),
    drawn: () => drawn,
    stop: async () => {
      await workers.stop();
      await inference.stop();
    },
  };
}

/** As much of the object as a test calls. */
type Webhooks = {
  rotateSecret: () => Promise<unknown>;
  announce: (announcement: Announcement) => Promise<void>;
  list: (asked: object) => Promise<Delivery[]>;
};

/** An owner for each, so that the list holds one. */
async function announce(webhooks: Awaited<ReturnType<Miniflare["getDurableObjectNamespace"]>>, url: string) {
  const id = randomBytes(16).toString("base64url");
  const owner = webhooks.getByName(id) as unknown as Webhooks;
  const time = new Date().toISOString();
  const data = {
    id,
    status: "failed" as const,
    source: "upload:x",
    outputs: [],
    createdAt: time,
    expiresAt: time,
  };
  await owner.rotateSecret();
  await owner.announce({
    owner: id,
    stylization: id,
    url,
    event: { type: "stylization.failed", timestamp: time, data },
  });
  return vi.waitFor(
    async () => {
      const [delivery] = await owner.list({});
      if (!delivery?.attempts || delivery.lastError?.includes("under way")) throw new Error("not yet");
      return delivery;
    },
    { timeout: 30_000, interval: 20 },
  );
}

function ask(url: URL, path: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body ? { "Content-Length": String(body.length) } : {};
    const asking = request({
      ...{ host: url.hostname, port: url.port, path, method, agent: false },
      headers: { Host: "stylegate.localhost", ...length, ...headers },
    });
    asking.on("response", async (answer) => {
      try {
        const fields = Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
          (values ?? []).map((value): [string, string] => [name, value]),
        );
        resolve({
          status: answer.statusCode ?? 0,
          headers: new Headers(fields),
          bytes: await buffer(answer),
        });
      } catch (error) {
        reject(error);
      }
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

function send(url: URL, parts: (string | Uint8Array)[], silence = 1000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (text) => {
      received += text;
    });
    socket.setTimeout(silence, () => socket.destroy());
    socket.on("error", () => {}); // a connection that is cut is an answer too
    socket.on("close", () => resolve(received));
    for (const part of parts) socket.write(part);
  });
}
