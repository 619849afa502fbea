import { DurableObject } from "cloudflare:workers";
import type { Key } from "../../contract/api/keys.ts";
import type { Delivery } from "../../contract/api/webhooks.ts";
import { randomId } from "../../contract/encoding.ts";
import { Environment } from "../config/environment.ts";
import { readWebhookPolicy } from "../config/webhooks.ts";
import { policyOf } from "../source/source-policy.ts";
import type { Variables } from "../variables.ts";
import type { Announcement } from "./announcement.ts";
import { attempt, type KeyTerms } from "./attempt.ts";
import { type Due, Outbox } from "./outbox.ts";
import { Secrets } from "./secrets.ts";

/** Deliveries under way at once: the connections that a Worker may have. */
const MOST_AT_ONCE = 6;

/** Of these, to one host: half are left for the others while it is slow. */
const MOST_OF_HOST = 3;

/** Milliseconds that one alarm goes on sending, well below the fifteen minutes that the runtime gives it; then the next one does. */
const LONGEST_ALARM = 60_000;

/** Milliseconds after which an alarm comes again that was lost with all its retries. */
const WATCH = 2 * LONGEST_ALARM;

/** Milliseconds between two looks at how many there are, each of which counts them all. */
const LIMITED_EVERY = 600_000;

const OWNER = "owner";

/** What it needs of the bindings. */
type Reach = Variables & { API_KEYS: { getByName(owner: string): { describe(): Promise<Key | undefined> } } };

/** What would make deliveries depend on where and when they are made. */
export type World = {
  now: () => number;
  /** 0 to 1. */
  chance: () => number;
  fetch: typeof fetch;
  /** Milliseconds that an endpoint has to answer. */
  timeout: number;
};

const WORLD: World = {
  now: () => Date.now(),
  chance: () => Math.random(),
  fetch: (input, init) => fetch(input, init),
  timeout: 10_000,
};

/**
 * An owner's webhooks: the secrets that sign them, and what is to be delivered. Named by the owner (`Principal.owner`). Whatever is taken over
 * is stored before the caller is told so, and delivered from an alarm; an attempt is noted before it is made, and how it ended after. What
 * is lost in between is sent again with the same id.
 */
export class Webhooks extends DurableObject<Reach> {
  readonly #world: World;
  readonly #outbox: Outbox;
  readonly #secrets: Secrets;
  readonly #underWay = new Map<string, { host: string; done: Promise<void> }>();
  /** Until when the alarm that runs takes on more. */
  #sendsUntil = 0;
  #limitedAt = 0;
  /** What the owner's key says, asked once in an alarm. */
  #terms: Promise<KeyTerms> | undefined;

  constructor(ctx: DurableObjectState, env: Reach, world: World = WORLD) {
    super(ctx, env);
    this.#world = world;
    this.#outbox = new Outbox(ctx.storage.sql);
    this.#secrets = new Secrets(ctx.storage.sql);
  }

  /** Takes over that the endpoint is told; the same stylization and type twice are one. */
  async announce(announcement: Announcement): Promise<void> {
    const id = `msg_${randomId()}`;
    this.ctx.storage.kv.put(OWNER, announcement.owner); // the same each time; an alarm may not know the object's name
    this.#outbox.add(id, announcement, this.#world.now());
    await this.#wake();
  }

  async hasSecret(): Promise<boolean> {
    return !this.#secrets.isEmpty;
  }

  /** Makes a secret; the one before signs too, for a day. */
  async rotateSecret(): Promise<{ secret: string; previousUntil: number | undefined }> {
    return this.#secrets.rotate(this.#world.now());
  }

  /**
   * Forgets what was, or is still to be, told of these stylizations.
   *
   * @param begunUntil milliseconds since 1970: later ones of the same names are others; undefined for now
   */
  async forget(stylizations: readonly string[], begunUntil?: number): Promise<void> {
    this.#outbox.forget(stylizations, begunUntil ?? this.#world.now());
    await this.#wake();
  }

  async list(asked: { state?: Delivery["state"]; before?: number }): Promise<Delivery[]> {
    return this.#outbox.list(asked);
  }

  /** Delivers it again, at once. @returns undefined where there is none */
  async replay(id: string): Promise<Delivery | undefined> {
    const delivery = this.#outbox.replay(id, this.#world.now());
    await this.#wake();
    return delivery;
  }

  override async alarm(): Promise<void> {
    const start = this.#world.now();
    await this.ctx.storage.setAlarm(start + WATCH);
    this.#outbox.expire(start);
    if (start >= this.#limitedAt + LIMITED_EVERY) {
      this.#outbox.limit(start);
      this.#limitedAt = start;
    }
    this.#terms = undefined;
    this.#sendsUntil = start + LONGEST_ALARM;
    this.#send();
    while (this.#underWay.size > 0) await Promise.race([...this.#underWay.values()].map(({ done }) => done));
    this.#sendsUntil = 0;
    await this.#wake();
  }

  /** Has what is due sent by the alarm that runs, if one does, or by the next, at its time. */
  async #wake(): Promise<void> {
    this.#send();
    const next = this.#outbox.nextAt();
    if (next === undefined) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(next);
  }

  /** Fills what is free with what is due. */
  #send(): void {
    while (this.#underWay.size < MOST_AT_ONCE && this.#world.now() < this.#sendsUntil) {
      const underWay = [...this.#underWay].map(([id, { host }]) => ({ id, host }));
      const due = this.#outbox.due(this.#world.now(), underWay, MOST_OF_HOST);
      if (!due) return;
      const done = this.#deliver(due)
        .catch((error) => {
          // The storage fails: what was under way counts as interrupted, and another alarm goes on.
          console.error(JSON.stringify({ event: "webhooks_lost", id: due.id, error: String(error) }));
          this.#sendsUntil = 0;
        })
        .finally(() => {
          this.#underWay.delete(due.id);
          this.#send();
        });
      this.#underWay.set(due.id, { host: due.host, done });
    }
  }

  /** Who is no key has no list of their own. */
  async #askKey(): Promise<KeyTerms> {
    const owner = this.ctx.storage.kv.get<string>(OWNER);
    if (owner === undefined) return { kind: "holds", policy: undefined };
    try {
      const key = await this.env.API_KEYS.getByName(owner).describe();
      if (key?.revokedAt !== undefined) return { kind: "revoked" };
      return { kind: "holds", policy: policyOf(key?.webhooks) };
    } catch (error) {
      console.warn(JSON.stringify({ event: "webhooks_key_unknown", owner, error: String(error) }));
      return { kind: "unknown" };
    }
  }

  async #deliver(due: Due): Promise<void> {
    const { now, chance, fetch, timeout } = this.#world;
    this.#outbox.begin(due, now(), chance());
    const policy = readWebhookPolicy(new Environment(this.env));
    this.#terms ??= this.#askKey();
    const key = await this.#terms;
    const secrets = this.#secrets.at(now());
    const outcome = await attempt(due, { policy, key, secrets, now: now(), timeout, fetch });
    const state = this.#outbox.end(due, outcome, now(), chance());
    const { id, host, attempts } = due;
    const { kind, status } = outcome;
    console.log(
      JSON.stringify({ event: `webhook_${kind}`, id, host, status, attempts: attempts + 1, state }),
    );
  }
}
