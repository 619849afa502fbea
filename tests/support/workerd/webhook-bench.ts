import { runInDurableObject } from "cloudflare:test";
import type { Key } from "../../../src/contract/api/keys.ts";
import type { WebhookEvent } from "../../../src/contract/api/webhooks.ts";
import type { Announcement } from "../../../src/edge/webhooks/announcement.ts";
import { Webhooks, type World } from "../../../src/edge/webhooks/webhooks.ts";
import { bindings } from "./ask.ts";

/** Far from the clock that the runtime has, so that no alarm comes but those that a test lets come. */
export const START = Date.UTC(2100, 0, 1);
export const HOOK = "https://hooks.example.com/a";

export type Sent = {
  at: number;
  url: string;
  headers: Record<string, string>;
  body: string;
  redirect?: unknown;
};
type Endpoint = (request: Sent) => Response | Promise<Response>;

/** An object with a clock and an internet of its own, on storage that outlives it. */
export class Bench {
  now = START;
  readonly requests: Sent[] = [];
  readonly state: DurableObjectState;
  endpoint: Endpoint = () => new Response(null, { status: 204 });
  allowed = "*";
  timeout = 10_000;
  /** The owner's key; undefined where there is none. */
  describe: () => Promise<Key | undefined> = async () => undefined;
  webhooks: Webhooks;

  constructor(state: DurableObjectState) {
    this.state = state;
    this.webhooks = this.restart();
  }

  /** Another instance on the same storage: what was in memory is gone. */
  restart(): Webhooks {
    const bench = this;
    const world: World = {
      now: () => bench.now,
      chance: () => 0.5,
      fetch: async (input, init) => {
        const headers = Object.fromEntries(new Headers(init?.headers));
        const body = new TextDecoder().decode(init?.body as Uint8Array);
        const request = { at: bench.now, url: String(input), headers, body, redirect: init?.redirect };
        bench.requests.push(request);
        const answering = Promise.resolve(bench.endpoint(request));
        const aborted = new Promise<never>((_, reject) =>
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
        );
        return Promise.race([answering, aborted]);
      },
      get timeout() {
        return bench.timeout;
      },
    };
    this.webhooks = new Webhooks(
      this.state,
      {
        ALLOWED_WEBHOOKS: this.allowed,
        API_KEYS: { getByName: () => ({ describe: () => this.describe() }) },
      },
      world,
    );
    return this.webhooks;
  }

  announce(at: Partial<Announcement> & { type?: WebhookEvent["type"] } = {}): Promise<void> {
    return this.webhooks.announce(announcement(at));
  }

  /** Has the alarm that is due come, as the runtime does. @returns whether there was one */
  async ring(): Promise<boolean> {
    const due = await this.state.storage.getAlarm();
    if (due === null || due > this.now) return false;
    await this.state.storage.deleteAlarm();
    await this.webhooks.alarm();
    return true;
  }

  /** Moves the clock on, from alarm to alarm. */
  async until(time: number): Promise<void> {
    for (;;) {
      const due = await this.state.storage.getAlarm();
      if (due === null || due > time) break;
      this.now = Math.max(this.now, due);
      await this.ring();
    }
    this.now = Math.max(this.now, time);
  }

  list = (asked: Parameters<Webhooks["list"]>[0] = {}) => this.webhooks.list(asked);

  /** Of the only delivery. */
  async delivery() {
    const [delivery, ...more] = await this.list();
    if (!delivery || more.length > 0) throw new Error(`${more.length} more`);
    return delivery;
  }

  /** Seconds from the start of each request. */
  seconds = () => this.requests.map(({ at }) => (at - START) / 1000);
}

let number = 0;
export const idOf = (of: number) => String(of).padStart(22, "0");

export function announcement({
  owner = "local",
  stylization = idOf(++number),
  url = HOOK,
  type = "stylization.succeeded",
  event,
}: Partial<Announcement> & { type?: WebhookEvent["type"] } = {}): Announcement {
  const time = new Date(START).toISOString();
  const data = {
    ...{
      id: stylization,
      status: "succeeded" as const,
      source: "upload:9fGk2mVx4Qb7TzLr0WcYhA",
      outputs: [],
    },
    ...{ createdAt: time, expiresAt: time, labels: { name: "Łukasz 🎨" } },
  };
  return { owner, stylization, url, event: event ?? { type, timestamp: time, data } };
}

export const on = (name: string, work: (bench: Bench) => Promise<void>) =>
  runInDurableObject(bindings.WEBHOOKS.getByName(name), async (_, state) => {
    const bench = new Bench(state);
    await bench.webhooks.rotateSecret();
    await work(bench);
  });

export const status = (code: number, headers = {}) => new Response(null, { status: code, headers });
export const iso = (time: number) => new Date(time).toISOString();
