import type { RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  createUpload,
  type deleteUpload,
  type getUpload,
  UploadForm,
  UploadFrom,
} from "../../contract/api/uploads.ts";
import { userOf } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { eraserFor, eraseUpload } from "../erasure/erase.ts";
import { readArriving } from "../intake/arriving.ts";
import { type Announced, parseDigests, requireDigests } from "../intake/digest.ts";
import { readForm } from "../intake/form.ts";
import { fetchPhoto } from "../intake/from-source.ts";
import { ownUpload } from "../intake/own-upload.ts";
import { photoMemory, type Take } from "../intake/photo-memory.ts";
import { storePhoto } from "../intake/store-photo.ts";
import { uploadOf } from "../intake/upload.ts";
import { kitFor } from "../kit.ts";
import { formTexts, isForm, isJson, parsed, parseJson } from "./bodies.ts";
import { guarded } from "./guarded.ts";
import { NO_STORE } from "./no-store.ts";
import { ownBody } from "./own-body.ts";

export const createUploadRoute = ownBody(guarded(createUpload));

/** POST `/v1/uploads`: a photo's bytes, a form with them, or where to fetch them. */
export const upload: RouteHandler<typeof createUploadRoute, App> = async (c) => {
  const { principal, config } = c.var;
  const stored = await photoMemory.hold(async (take) => {
    const { bytes, user } = await receive(c, take);
    const photo = { bytes, owner: principal.owner, user: userOf(principal, user) };
    return storePhoto(photo, { env: c.env, config, now: Date.now });
  });
  return c.json(stored, 201, { ...NO_STORE, Location: `/v1/uploads/${stored.id}` });
};

type Received = { bytes: Uint8Array; user: string | undefined };

async function receive(c: Context<App>, take: Take): Promise<Received> {
  const type = c.req.header("Content-Type");
  const { uploadTimeout } = c.var.config;
  const announced = parseDigests(c.req.raw.headers);
  userOf(c.var.principal, c.req.query("user")); // refused before the body is read
  if (isForm(type)) {
    const { file, texts } = await readForm(c.req.raw, uploadTimeout, announced, take);
    const { user } = parsed(BESIDE_FILE, { user: formTexts(texts, ["user"]).user || undefined }); // a field may be left empty
    return { bytes: file, user: user ?? c.req.query("user") };
  }
  if (isJson(type)) return receiveSource(c, announced, take);
  const bytes = await readArriving(c.req.raw, uploadTimeout, take);
  await requireDigests(bytes, announced);
  return { bytes, user: c.req.query("user") };
}

const BESIDE_FILE = UploadForm.omit({ file: true });

async function receiveSource(
  c: Context<App>,
  announced: readonly Announced[],
  take: Take,
): Promise<Received> {
  const body = new Uint8Array(await c.req.arrayBuffer());
  await requireDigests(body, announced);
  const { source, user } = parsed(UploadFrom, parseJson(new TextDecoder().decode(body)));
  userOf(c.var.principal, user); // before anything is fetched
  const { origins } = kitFor(c.env, c.var.config, (work) => c.executionCtx.waitUntil(work));
  const bytes = await fetchPhoto(source, c.var.principal, origins);
  take(bytes.length);
  return { bytes, user: user ?? c.req.query("user") };
}

/** GET `/v1/uploads/{id}` */
export const lookAtUpload: RouteHandler<typeof getUpload, App> = async (c) => {
  const { principal, config } = c.var;
  const stored = await ownUpload(principal, c.env.PICTURES, c.req.valid("param").id, Date.now());
  return c.json(uploadOf(stored, config), 200, NO_STORE);
};

/** DELETE `/v1/uploads/{id}`: the upload, and all that was made of it. */
export const removeUpload: RouteHandler<typeof deleteUpload, App> = async (c) => {
  const stored = await ownUpload(c.var.principal, c.env.PICTURES, c.req.valid("param").id, Date.now());
  return c.json(await eraseUpload(stored, eraserFor(c.env, c.var.config)), 200, NO_STORE);
};
