import type { RouteHandler } from "@hono/zod-openapi";
import {
  type completeDirectUpload,
  type createDirectUpload,
  type DirectUpload,
  putDirectUpload,
} from "../../contract/api/direct-uploads.ts";
import { isoTime, randomId } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { userOf } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { readArriving } from "../intake/arriving.ts";
import { parseDigests, requireDigests } from "../intake/digest.ts";
import { finish, requireAnnounced } from "../intake/finish.ts";
import { ownUpload } from "../intake/own-upload.ts";
import { photoMemory } from "../intake/photo-memory.ts";
import { presign } from "../intake/presign.ts";
import { beginSession, findSession, sessionOf } from "../intake/sessions.ts";
import { uploadOf } from "../intake/upload.ts";
import { reached } from "../reached.ts";
import { orUnavailable } from "../storage/available.ts";
import { incomingKey } from "../storage/keys.ts";
import { guarded } from "./guarded.ts";
import { NO_STORE } from "./no-store.ts";
import { ownBody } from "./own-body.ts";

/** POST `/v1/uploads/direct`: where a photo may be put, by whoever is told. */
export const beginDirect: RouteHandler<typeof createDirectUpload, App> = async (c) => {
  const { bytes, sha256, user } = c.req.valid("json");
  const { principal, config } = c.var;
  const id = randomId();
  const session = sessionOf(c.env, id);
  const now = Date.now();
  const expiresAt = now + config.uploads.sessionTtl;
  const of = { owner: principal.owner, user: userOf(principal, user) };
  await beginSession(c.env, { kind: "direct", id, ...of, length: bytes, sha256, expiresAt });
  const { direct, sessionTtl } = config.uploads;
  const target = direct
    ? await presign(
        { key: incomingKey(id), bytes, sha256, expires: sessionTtl / 1000, now: new Date(now) },
        direct,
      )
    : { url: await ownUrl(), headers: {} };
  const body: DirectUpload = {
    ...{ id, method: "PUT", ...target },
    complete: `/v1/uploads/${id}/complete`,
    expiresAt: isoTime(expiresAt),
  };
  return c.json(body, 201, NO_STORE);

  async function ownUrl(): Promise<string> {
    const exp = `${Math.floor(expiresAt / 1000)}`;
    const permit = { id, bytes: `${bytes}`, sha256, exp };
    const url = new URL(`/v1/uploads/${id}/content`, c.req.url);
    url.searchParams.set("bytes", permit.bytes);
    if (sha256 !== undefined) url.searchParams.set("sha256", sha256);
    url.searchParams.set("exp", exp);
    url.searchParams.set("sig", await reached("uploads", () => session.sign(spelled(permit))));
    return url.href;
  }
};

type Permit = { id: string; bytes: string; sha256: string | undefined; exp: string };

/** What is signed. */
const spelled = ({ id, bytes, sha256, exp }: Permit) =>
  JSON.stringify(["PUT", id, bytes, sha256 ?? null, exp]);

export const putDirectRoute = ownBody(guarded(putDirectUpload));

/** PUT `/v1/uploads/{id}/content`: the bytes, by whoever has the URL. */
export const putDirect: RouteHandler<typeof putDirectRoute, App> = async (c) => {
  const { id } = c.req.valid("param");
  const { bytes: length, sha256, exp, sig } = c.req.valid("query");
  if (Date.now() >= Number(exp) * 1000) throw new ProblemError("signature_expired", "The URL has expired.");
  const session = sessionOf(c.env, id);
  const isSigned = await reached("uploads", () =>
    session.admits(spelled({ id, bytes: length, sha256, exp }), sig),
  );
  if (!isSigned)
    throw new ProblemError("invalid_signature", "The URL is not one that was given out, or is used up.");
  const key = incomingKey(id);
  const bucket = c.env.PICTURES;
  await photoMemory.hold(async (take) => {
    const announced = parseDigests(c.req.raw.headers);
    const bytes = await readArriving(c.req.raw, c.var.config.uploadTimeout, take, Number(length));
    await requireDigests(bytes, announced);
    const hash = await requireAnnounced({ length: Number(length), sha256 }, bytes);
    await orUnavailable("write", key, () => bucket.put(key, bytes, { sha256: hash }));
  });
  if (await reached("uploads", async () => (await session.look()) !== undefined))
    return c.body(null, 204, NO_STORE);
  await orUnavailable("delete", key, () => bucket.delete(key)); // given up, or erased, while it was written
  throw new ProblemError("invalid_signature", "The URL is used up.");
};

/** POST `/v1/uploads/{id}/complete`: may be repeated, and answers the same. */
export const completeDirect: RouteHandler<typeof completeDirectUpload, App> = async (c) => {
  const { id } = c.req.valid("param");
  const { principal, config } = c.var;
  const location = { ...NO_STORE, Location: `/v1/uploads/${id}` };
  const session = await findSession(c.env, id, "direct", principal);
  if (!session) {
    const stored = await ownUpload(principal, c.env.PICTURES, id, Date.now());
    return c.json(uploadOf(stored, config), 201, location);
  }
  const key = incomingKey(id);
  const upload = await photoMemory.hold(async (take) => {
    take(session.length);
    const bytes = await orUnavailable("read", key, async () => {
      const object = await c.env.PICTURES.get(key);
      if (!object || object.size === session.length) return object?.bytes();
      await object.body.cancel();
      return new Uint8Array(); // whose number is wrong too
    });
    if (!bytes) throw new ProblemError("upload_incomplete", "Nothing has been put there yet.");
    return finish(session, bytes, sessionOf(c.env, id), { env: c.env, config, now: Date.now });
  });
  return c.json(upload, 201, location);
};
