import type { OpenAPIHono, RouteHandler } from "@hono/zod-openapi";
import {
  changeKey,
  createKey,
  createToken,
  getKey,
  getKeyUsage,
  getUsage,
  type Key,
  listKeys,
  revokeKey,
  rotateKey,
} from "../../contract/api/keys.ts";
import { isoTime } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { App, Bindings } from "../bindings.ts";
import type { Changed, KeyRecord } from "../keys/api-key.ts";
import { requireMakeable } from "../keys/key-request.ts";
import { RING } from "../keys/key-ring.ts";
import { hashSecret, newKeyId, newSecret, writeKey } from "../keys/new-key.ts";
import { reached } from "../reached.ts";
import { log } from "../telemetry/log.ts";
import { guarded } from "./guarded.ts";
import { NO_STORE } from "./no-store.ts";
import { mint } from "./tokens.ts";
import { ownUsage } from "./usage.ts";

/** `/v1/keys`, for those who have the scope `admin`; and what a key is good for to its holder: tokens, and its usage. */
export function keys(app: OpenAPIHono<App>): void {
  app.openapi(guarded(createKey), create);
  app.openapi(guarded(listKeys), list);
  app.openapi(guarded(getKey), get);
  app.openapi(guarded(changeKey), change);
  app.openapi(guarded(revokeKey), revoke);
  app.openapi(guarded(rotateKey), rotate);
  app.openapi(guarded(getKeyUsage), usage);
  app.openapi(guarded(createToken), mint);
  app.openapi(guarded(getUsage), ownUsage);
}

const create: RouteHandler<typeof createKey, App> = async (c) => {
  const { quotas = {}, ...asked } = c.req.valid("json");
  requireMakeable(asked, Date.now());
  const [id, secret] = [newKeyId(), newSecret()];
  const record: KeyRecord = { id, ...asked, quotas, createdAt: isoTime(Date.now()) };
  const hash = await hashSecret(secret);
  await reached("keys", async () => c.env.KEY_RING.getByName(RING).enlist(id));
  const isNew = await reached("keys", async () => objectOf(id, c.env).create(record, hash));
  if (!isNew) throw new Error(`There is a key ${id} already.`); // twice the same 71 random bits
  told("key_created", id);
  return c.json({ ...record, key: writeKey({ id, secret }) }, 201, NO_STORE);
};

/** One is asked for more than is told, which says whether there is another page. */
const list: RouteHandler<typeof listKeys, App> = async (c) => {
  const { limit, before } = c.req.valid("query");
  const listed = await reached(
    "keys",
    async (): Promise<string[] | undefined> => c.env.KEY_RING.getByName(RING).list(limit + 1, before),
  );
  if (!listed) return absent(before ?? "");
  const ids = listed.slice(0, limit);
  const keys = await Promise.all(ids.map((id) => describe(id, c.env)));
  const next = listed.length > limit ? ids.at(-1) : undefined;
  return c.json(
    // One that is listed may never have been made.
    { keys: keys.filter((key) => key !== undefined), ...(next !== undefined && { next }) },
    200,
    NO_STORE,
  );
};

const get: RouteHandler<typeof getKey, App> = async (c) => {
  const { id } = c.req.valid("param");
  return c.json((await describe(id, c.env)) ?? absent(id), 200, NO_STORE);
};

const change: RouteHandler<typeof changeKey, App> = async (c) => {
  const { id } = c.req.valid("param");
  const asked = c.req.valid("json");
  requireMakeable(asked, Date.now());
  const patch = Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, value ?? undefined]));
  const changed = await reached("keys", async (): Promise<Changed> => objectOf(id, c.env).change(patch));
  const key = keyOf(changed, id);
  told("key_changed", id);
  return c.json(key, 200, NO_STORE);
};

const revoke: RouteHandler<typeof revokeKey, App> = async (c) => {
  const { id } = c.req.valid("param");
  const key = await reached("keys", async (): Promise<Key | undefined> => objectOf(id, c.env).revoke());
  if (!key) return absent(id);
  told("key_revoked", id);
  return c.json(key, 200, NO_STORE);
};

const rotate: RouteHandler<typeof rotateKey, App> = async (c) => {
  const { id } = c.req.valid("param");
  const secret = newSecret();
  const hash = await hashSecret(secret);
  const changed = await reached("keys", async (): Promise<Changed> => objectOf(id, c.env).rotate(hash));
  const key = keyOf(changed, id);
  told("key_rotated", id);
  return c.json({ ...key, key: writeKey({ id, secret }) }, 200, NO_STORE);
};

const usage: RouteHandler<typeof getKeyUsage, App> = async (c) => {
  const { id } = c.req.valid("param");
  if (!(await describe(id, c.env))) absent(id);
  const { month } = c.req.valid("query");
  const used = await reached("keys", async () => objectOf(id, c.env).usage(month));
  return c.json({ key: id, ...used }, 200, NO_STORE);
};

const objectOf = (id: string, env: Bindings) => env.API_KEYS.getByName(id);

const describe = (id: string, env: Bindings) =>
  reached("keys", async (): Promise<Key | undefined> => objectOf(id, env).describe());

/** Who has changed what is for the log; the key itself never is. */
const told = (event: string, id: string) => log("info", event, { key: id });

function keyOf(changed: Changed, id: string): Key {
  switch (changed.kind) {
    case "changed":
      return changed.key;
    case "unknown":
      return absent(id);
    case "revoked":
      throw new ProblemError("key_revoked", `The key ${id} is revoked.`);
  }
}

function absent(id: string): never {
  throw new ProblemError("key_not_found", `There is no key ${id}.`);
}
