import type { RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { Sha256, User } from "../../contract/api/common.ts";
import {
  type createResumableUpload,
  type deleteResumableUpload,
  headResumableUpload,
  patchResumableUpload,
} from "../../contract/api/resumable-uploads.ts";
import { randomId } from "../../contract/encoding.ts";
import { MAX_PICTURE_BYTES } from "../../contract/picture-size.ts";
import { ProblemError, problemBody } from "../../contract/problem.ts";
import { userOf } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { tooLarge } from "../intake/arriving.ts";
import { finish } from "../intake/finish.ts";
import { ownUpload } from "../intake/own-upload.ts";
import { photoMemory } from "../intake/photo-memory.ts";
import { receivePart } from "../intake/receive-part.ts";
import { beginSession, findSession, type Known, sessionOf } from "../intake/sessions.ts";
import { CHECKSUMS, parseChecksum, parseMetadata } from "../intake/tus-headers.ts";
import { reached } from "../reached.ts";
import { noUpload } from "../storage/uploads.ts";
import { guarded } from "./guarded.ts";
import { NO_STORE } from "./no-store.ts";
import { ownBody } from "./own-body.ts";
import { answerProblem, otherMethod } from "./problems.ts";

const VERSION = "1.0.0";

const TUS = { "Tus-Resumable": VERSION, ...NO_STORE };

/** What tus has to be told of all requests under its path, and asked of them (https://tus.io/protocols/resumable-upload, 1.0.0). */
export function speaksTus() {
  return createMiddleware<App>(async (c, next) => {
    const isAsking = c.req.method === "OPTIONS";
    if (isAsking || c.req.header("Tus-Resumable") === VERSION) await next();
    else c.res = answerProblem(new ProblemError("tus_version", "Only 1.0.0 is spoken here."), c);
    c.res.headers.set("Tus-Resumable", VERSION);
    c.res.headers.set("Tus-Version", VERSION);
    if (!isAsking) return;
    c.res.headers.set("Tus-Extension", "creation,expiration,checksum,termination");
    c.res.headers.set("Tus-Max-Size", `${MAX_PICTURE_BYTES}`);
    c.res.headers.set("Tus-Checksum-Algorithm", CHECKSUMS);
  });
}

/** POST `/v1/uploads/resumable` */
export const beginResumable: RouteHandler<typeof createResumableUpload, App> = async (c) => {
  const headers = c.req.valid("header");
  const length = Number(headers["Upload-Length"]);
  if (length > MAX_PICTURE_BYTES) throw tooLarge();
  const { user, sha256 } = parseMetadata(headers["Upload-Metadata"], { user: User, sha256: Sha256 });
  const { principal, config } = c.var;
  const id = randomId();
  const expiresAt = Date.now() + config.uploads.sessionTtl;
  const of = { owner: principal.owner, user: userOf(principal, user) };
  const session = { kind: "resumable" as const, id, ...of, length, sha256, expiresAt };
  await beginSession(c.env, session);
  const location = { Location: `/v1/uploads/resumable/${id}` };
  return c.body(null, 201, { ...location, ...progress({ ...session, offset: 0 }) });
};

/** A HEAD reaches the route of GET, whose answer loses its body. */
export const headResumableRoute = { ...guarded(headResumableUpload), method: "get" } as const;

/** HEAD `/v1/uploads/resumable/{id}`: where all of it is there, it is an upload by the time that this is answered. */
export const headResumable: RouteHandler<typeof headResumableRoute, App> = async (c) => {
  if (c.req.method !== "HEAD") return otherMethod(c, ["HEAD", "PATCH", "DELETE"]) as never;
  const { id } = c.req.valid("param");
  const session = await findSession(c.env, id, "resumable", c.var.principal);
  if (!session) return c.body(null, 200, await finished(c, id));
  if (session.offset < session.length) return c.body(null, 200, progress(session));
  return c.body(null, 200, await becomeUpload(c, session));
};

export const patchResumableRoute = ownBody(guarded(patchResumableUpload));

/** PATCH `/v1/uploads/resumable/{id}` */
export const patchResumable: RouteHandler<typeof patchResumableRoute, App> = async (c) => {
  const { id } = c.req.valid("param");
  const headers = c.req.valid("header");
  if (!/^application\/offset\+octet-stream\b/i.test(c.req.header("Content-Type") ?? ""))
    throw new ProblemError("unsupported_media_type", "The body must be application/offset+octet-stream.");
  const offset = Number(headers["Upload-Offset"]);
  const session = await findSession(c.env, id, "resumable", c.var.principal);
  if (!session) return repeated(c, id, offset) as never;
  const checksum = parseChecksum(headers["Upload-Checksum"]);
  const part = { request: c.req.raw, offset, checksum, silence: c.var.config.uploadTimeout };
  const stub = sessionOf(c.env, id);
  const received = await receivePart(session, stub, part).catch(async (error) => {
    if (error instanceof ProblemError && error.code === "unsupported_format")
      await reached("uploads", () => stub.abandon());
    throw error;
  });
  if (received.kind === "wrong checksum") return mismatch(c) as never;
  if (received.kind === "broken")
    throw new ProblemError("upload_timeout", `The part broke off; ${received.offset} bytes are stored.`);
  const known = { ...session, offset: received.offset };
  return c.body(null, 204, known.offset < known.length ? progress(known) : await becomeUpload(c, known));
};

/** DELETE `/v1/uploads/resumable/{id}` */
export const giveUpResumable: RouteHandler<typeof deleteResumableUpload, App> = async (c) => {
  const { id } = c.req.valid("param");
  const session = await findSession(c.env, id, "resumable", c.var.principal);
  if (!session) throw noUpload();
  await reached("uploads", () => sessionOf(c.env, id).abandon());
  return c.body(null, 204, TUS);
};

/** @returns what is told of it then; where another request has just finished it, the same */
function becomeUpload(c: Context<App>, session: Known): Promise<Record<string, string>> {
  return photoMemory.hold((take) => {
    take(session.length);
    return readAndFinish(c, session);
  });
}

async function readAndFinish(c: Context<App>, session: Known): Promise<Record<string, string>> {
  const stub = sessionOf(c.env, session.id);
  const bytes = await reached("uploads", async () => {
    const content = await stub.content();
    return content && new Response(content).bytes();
  }).catch(async (error) => {
    if (await reached("uploads", async () => stub.look())) throw error;
    return undefined; // it was finished while it was read
  });
  if (!bytes) return finished(c, session.id);
  await finish(session, bytes, stub, { env: c.env, config: c.var.config, now: Date.now });
  return progress(session);
}

/** Of one that is an upload already: whoever lost the last answer asks, and is told that all is there. */
async function finished(c: Context<App>, id: string): Promise<Record<string, string>> {
  const { sent } = await ownUpload(c.var.principal, c.env.PICTURES, id, Date.now());
  const { bytes } = sent;
  return { ...TUS, "Upload-Offset": `${bytes}`, "Upload-Length": `${bytes}` };
}

async function repeated(c: Context<App>, id: string, offset: number): Promise<Response> {
  const told = await finished(c, id);
  if (`${offset}` === told["Upload-Offset"]) return c.body(null, 204, told);
  throw new ProblemError("upload_offset", "All of it is stored.");
}

function progress({ offset, length, expiresAt }: Known): Record<string, string> {
  const until = new Date(expiresAt).toUTCString();
  return { ...TUS, "Upload-Offset": `${offset}`, "Upload-Length": `${length}`, "Upload-Expires": until };
}

/** tus has a status of its own for it, which no registry knows. */
function mismatch(c: Context<App>): Response {
  const detail = "The part has another checksum; nothing of it was kept.";
  const body = { ...problemBody("digest_mismatch", detail, c.req.path), status: 460 };
  return new Response(JSON.stringify(body), {
    status: 460,
    headers: { ...TUS, "Content-Type": "application/problem+json" },
  });
}
