import type { RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import { USER } from "../../contract/api/common.ts";
import { createUpload, type deleteUpload, type getUpload, UploadFrom } from "../../contract/api/uploads.ts";
import { ProblemError } from "../../contract/problem.ts";
import { mayTouch, userOf } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { eraseUpload } from "../erasure/erase.ts";
import { readArriving } from "../intake/arriving.ts";
import { parseDigests, requireDigests } from "../intake/digest.ts";
import { readForm } from "../intake/form.ts";
import { fetchPhoto } from "../intake/from-source.ts";
import { photoMemory, type Take } from "../intake/photo-memory.ts";
import { storePhoto } from "../intake/store-photo.ts";
import { uploadOf } from "../intake/upload.ts";
import { kitFor } from "../kit.ts";
import { headUpload, type StoredUpload } from "../storage/uploads.ts";
import { guarded } from "./guarded.ts";
import { refuseInvalid } from "./invalid.ts";
import { ownBody } from "./own-body.ts";
import { eraserOf } from "./users.ts";

/** A photo's answer is for whoever sent it. */
export const PRIVATE = { "Cache-Control": "no-store" };

export const createUploadRoute = ownBody(guarded(createUpload));

/** POST `/v1/uploads`: a photo's bytes, a form with them, or where to fetch them. */
export const upload: RouteHandler<typeof createUploadRoute, App> = async (c) => {
  const { principal, config } = c.var;
  const stored = await photoMemory.hold(async (take) => {
    const { bytes, user } = await receive(c, take);
    const photo = { bytes, owner: principal.owner, user: userOf(principal, user) };
    return storePhoto(photo, { env: c.env, config, now: Date.now });
  });
  return c.json(stored, 201, { ...PRIVATE, Location: `/v1/uploads/${stored.id}` });
};

type Received = { bytes: Uint8Array; user: string | undefined };

async function receive(c: Context<App>, take: Take): Promise<Received> {
  const type = c.req.header("Content-Type") ?? "";
  const { uploadTimeout } = c.var.config;
  const announced = parseDigests(c.req.raw.headers);
  userOf(c.var.principal, c.req.query("user")); // refused before the body is read
  if (/^multipart\/form-data\b/i.test(type)) {
    const { file, texts } = await readForm(c.req.raw, uploadTimeout, announced, take);
    return { bytes: file, user: readUser(texts.get("user")) ?? c.req.query("user") };
  }
  if (/^application\/json\b/i.test(type)) return receiveSource(c, announced, take);
  const bytes = await readArriving(c.req.raw, uploadTimeout, take);
  await requireDigests(bytes, announced);
  return { bytes, user: c.req.query("user") };
}

async function receiveSource(
  c: Context<App>,
  announced: ReturnType<typeof parseDigests>,
  take: Take,
): Promise<Received> {
  const body = new Uint8Array(await c.req.arrayBuffer());
  await requireDigests(body, announced);
  const parsed = UploadFrom.safeParse(parseJson(new TextDecoder().decode(body)));
  if (!parsed.success) {
    refuseInvalid({ target: "json", success: false, error: parsed.error }, c);
    throw new Error("what is invalid was not refused");
  }
  const { source, user } = parsed.data;
  userOf(c.var.principal, user); // before anything is fetched
  const { origins } = kitFor(c.env, c.var.config, (work) => c.executionCtx.waitUntil(work));
  const bytes = await fetchPhoto(source, c.var.principal, origins);
  take(bytes.length);
  return { bytes, user: user ?? c.req.query("user") };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError("invalid_request", "The body is no JSON.");
  }
}

function readUser(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || USER.test(text)) return text || undefined;
  const detail = "It must be 1–128 letters, digits and . @ : + = ~ _ -";
  throw new ProblemError("invalid_request", `user: ${detail}`, { errors: [{ pointer: "user", detail }] });
}

/** GET `/v1/uploads/{id}` */
export const lookAtUpload: RouteHandler<typeof getUpload, App> = async (c) => {
  const stored = await ownUpload(c, c.req.valid("param").id);
  return c.json(uploadOf(stored, c.var.config), 200, PRIVATE);
};

/** DELETE `/v1/uploads/{id}`: the upload, and all that was made of it. */
export const removeUpload: RouteHandler<typeof deleteUpload, App> = async (c) => {
  const stored = await ownUpload(c, c.req.valid("param").id);
  return c.json(await eraseUpload(stored, eraserOf(c)), 200, PRIVATE);
};

/** @throws ProblemError upload_not_found, of somebody else's too */
export async function ownUpload(c: Context<App>, id: string): Promise<StoredUpload> {
  const stored = await headUpload(c.env.PICTURES, id, Date.now());
  if (mayTouch(c.var.principal, stored)) return stored;
  throw new ProblemError("upload_not_found", "There is no upload of that id.");
}
