import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  createStylization,
  deleteStylization,
  getPicture,
  getStylization,
  type Output,
  StylizationRequest,
  streamStylization,
} from "../../contract/api/stylizations.ts";
import { sha256 } from "../../contract/encoding.ts";
import { type ProblemCode, ProblemError } from "../../contract/problem.ts";
import { isRecord } from "../../contract/record.ts";
import { requireScopes, tellLimits } from "../access/identify.ts";
import { mayTouch, userOf } from "../access/principal.ts";
import type { App } from "../bindings.ts";
import { readForm } from "../intake/form.ts";
import { photoMemory, type Take } from "../intake/photo-memory.ts";
import { storePhoto, takeBack } from "../intake/store-photo.ts";
import { requireAdmitted, requireKnown } from "../jobs/admission.ts";
import type { Creation, Seen } from "../jobs/answers.ts";
import { draw } from "../jobs/draw.ts";
import { fingerprintOf, jobIdOf } from "../jobs/id.ts";
import { jobClient } from "../jobs/job-client.ts";
import { type Preference, preferenceOf, prefersPicture } from "../jobs/prefer.ts";
import type { JobRequest } from "../jobs/state.ts";
import { uploadKey } from "../storage/keys.ts";
import { logStorage } from "../storage/objects.ts";
import { currentTraceparent } from "../telemetry/drawing.ts";
import { log } from "../telemetry/log.ts";
import { formTexts, isForm, isJson, parsed, parseJson } from "./bodies.ts";
import { guarded } from "./guarded.ts";
import { NO_STORE } from "./no-store.ts";
import { ownBody } from "./own-body.ts";
import { answerPicture, picture } from "./pictures.ts";

/** Its body is JSON or a form of 30 MiB, which nobody but the handler may read into memory. */
const creation = ownBody(guarded(createStylization));

/** The routes of stylizations and their pictures. */
export function stylizations(app: OpenAPIHono<App>): void {
  app.openapi(creation, create);
  app.openapi(guarded(getStylization), read);
  app.openapi(guarded(streamStylization), follow);
  app.openapi(guarded(deleteStylization), remove);
  app.openapi(guarded(getPicture), picture);
}

/** POST `/v1/stylizations`: stores what is asked for, then draws it, or has the queue draw it. */
async function create(c: Context<App>): Promise<Response> {
  const { config } = c.var;
  const preference = preferenceOf(c.req.header("Prefer"), config.stylizations.syncTimeout);
  const read = await photoMemory.hold((take) => takeIn(c, preference, take));
  if ("kind" in read) return answerOf(read, preference, c);
  const { asked, upload } = read;
  const creation = await jobClient(c.env, asked.id).create(asked, preference.wait > 0);
  if (upload !== undefined && creation.kind !== "created") await letGo(upload, c);
  return answerOf(creation, preference, c);
}

/** What is to be made, and the upload that its photo has become. */
type TakenIn = { asked: JobRequest; upload: string | undefined };

/** Reads what is asked for, and stores its photo: apart, so that nothing holds the photo's bytes while it is drawn, which reads them again. */
async function takeIn(c: Context<App>, preference: Preference, take: Take): Promise<TakenIn | Creation> {
  const { config, principal } = c.var;
  const { request, photo } = await readAsked(c, take);
  const user = userOf(principal, request.user);
  const idempotencyKey = c.req.header("Idempotency-Key");
  const id = await jobIdOf(principal, idempotencyKey);
  const fingerprint = await fingerprintOf({ ...request, user, photo: photo && (await sha256(photo)) });
  // What was answered once is answered again, though its upload is gone by now, or its style may no longer be used.
  const known = idempotencyKey === undefined ? undefined : await jobClient(c.env, id).find(fingerprint);
  if (known) return known;
  const source = requireAdmitted(request, { principal, config });
  await requireKnown(source, request.webhook, principal, c.env, Date.now());
  const whose = { owner: principal.owner, user };
  const upload =
    photo && (await storePhoto({ bytes: photo, ...whose }, { env: c.env, config, now: Date.now }));
  const { ttl, deadline } = config.stylizations;
  const asked: JobRequest = {
    ...{ ...request, id, hasIdempotencyKey: idempotencyKey !== undefined, fingerprint, ...whose },
    source: request.source ?? `upload:${upload?.id}`,
    traceparent: currentTraceparent(),
    terms: { ttl, deadline, wait: preference.wait },
  };
  return { asked, upload: upload?.id };
}

/** Nothing was made of the request. Where the storage is away, its photo stays until uploads expire. */
async function letGo(upload: string, { env }: Context<App>): Promise<void> {
  await takeBack(upload, env).catch((error) => logStorage("delete", uploadKey(upload), error));
}

/** Without a source where a photo came with it. */
type Asked = Omit<StylizationRequest, "source"> & { source?: string };

const BESIDE_FILE = StylizationRequest.omit({ source: true });

async function readAsked(
  c: Context<App>,
  take: Take,
): Promise<{ request: Asked; photo: Uint8Array | undefined }> {
  const type = c.req.header("Content-Type");
  if (isForm(type)) {
    requireScopes(c.var.principal, ["transform", "upload"], c); // its photo is stored as an upload
    const { file: photo, texts } = await readForm(c.req.raw, c.var.config.uploadTimeout, [], take);
    const { request: text } = formTexts(texts, ["request"]);
    if (text === undefined)
      throw wrong('The form lacks the field "request": {"outputs":[{"style":"toon"}]}, for example.');
    const json = parseJson(text);
    if (isRecord(json) && "source" in json)
      throw wrong("The form's photo is the source: leave it out of the request.");
    return { request: parsed(BESIDE_FILE, json), photo };
  }
  if (!isJson(type)) {
    const detail = "The body must be application/json or multipart/form-data.";
    throw new ProblemError("unsupported_media_type", detail);
  }
  return { request: parsed(StylizationRequest, parseJson(await c.req.text())), photo: undefined };
}

const wrong = (detail: string) => new ProblemError("invalid_request", detail);

async function answerOf(creation: Creation, preference: Preference, c: Context<App>): Promise<Response> {
  switch (creation.kind) {
    case "refused": {
      const { code, detail, retryAfter } = creation.trouble;
      throw new ProblemError(code, detail, { retryAfter });
    }
    case "mismatch":
      throw new ProblemError(
        "idempotency_mismatch",
        creation.isDeleted
          ? "The stylization of this Idempotency-Key was deleted, and its name is still taken."
          : "Another request was sent with this Idempotency-Key.",
      );
    case "there":
      if (creation.isAwaited && preference.wait > 0) {
        throw new ProblemError("idempotency_conflict", "The request with this Idempotency-Key is under way.");
      }
      return replayed(await answerSeen(creation, preference, c));
    case "created":
      tellLimits(creation.limits, c);
      return answerSeen(await waited(creation, preference, c), preference, c);
  }
}

/** Says that the answer is an earlier one's: nothing was drawn or counted for it. */
function replayed(answer: Response): Response {
  answer.headers.set("Idempotency-Replayed", "true");
  return answer;
}

/** Draws what was claimed, whether the client stays or goes, and waits for the end as long as it was asked to. */
async function waited(
  made: Extract<Creation, { kind: "created" }>,
  { wait }: Preference,
  c: Context<App>,
): Promise<Seen> {
  if (!made.claim) return made;
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  const until = Date.now() + wait;
  const site = { env: c.env, config: c.var.config, waitUntil, awaitedUntil: until };
  const drawing = draw(made.claim, site).catch((error) => {
    log("error", "job_failed", { job: made.stylization.id, error: String(error) });
  });
  waitUntil(drawing);
  await withinTime(drawing, wait);
  const job = jobClient(c.env, made.stylization.id);
  return (await job.wait(Math.max(0, until - Date.now()))) ?? gone();
}

async function withinTime(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, over]);
  clearTimeout(timer);
}

async function answerSeen(seen: Seen, { applied }: Preference, c: Context<App>): Promise<Response> {
  const { stylization, isOver, retryAfter } = seen;
  const path = `/v1/stylizations/${stylization.id}`;
  const told = { ...NO_STORE, ...(applied !== undefined && { "Preference-Applied": applied }) };
  if (!isOver) return c.json(stylization, 202, { ...told, Location: path, "Retry-After": `${retryAfter}` });
  const [output, ...others] = stylization.outputs;
  if (!output || others.length > 0 || !prefersPicture(c.req.header("Accept")))
    return c.json(stylization, 200, told);
  const answer = await answerOutput(output, c);
  answer.headers.set("Content-Location", output.url ?? path);
  answer.headers.set("Link", `<${path}>; rel="describedby"`);
  if (applied !== undefined) answer.headers.set("Preference-Applied", applied);
  return answer;
}

/** The one picture that was asked for, or why there is none. */
function answerOutput({ status, error, url }: Output, c: Context<App>): Promise<Response> {
  const id = url?.split("/").at(-1);
  if (status === "succeeded" && id !== undefined) return answerPicture(id, c);
  if (error) throw new ProblemError(error.code as ProblemCode, error.detail);
  throw new ProblemError("picture_not_found", "The stylization was canceled.");
}

/** GET `/v1/stylizations/{id}` */
async function read(c: Context<App>) {
  const { stylization, isOver, retryAfter } = await own(c);
  return c.json(stylization, 200, { ...NO_STORE, ...(!isOver && { "Retry-After": `${retryAfter}` }) });
}

/** GET `/v1/stylizations/{id}/events` */
async function follow(c: Context<App>): Promise<Response> {
  const { stylization } = await own(c);
  const last = c.req.header("Last-Event-ID");
  const job = jobClient(c.env, stylization.id);
  const events = await job.events(last === undefined ? undefined : Number(last));
  if (events === undefined) return gone();
  // What a browser's EventSource takes as the word not to come back (https://html.spec.whatwg.org/multipage/server-sent-events.html).
  if (events === "over") return new Response(null, { status: 204, headers: NO_STORE });
  if (events === "full") throw new ProblemError("overloaded", "Too many follow this stylization already.");
  const headers = { ...NO_STORE, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" };
  return new Response(events, { headers });
}

/** DELETE `/v1/stylizations/{id}`: cancels what is under way, deletes what is over. */
async function remove(c: Context<App>): Promise<Response> {
  const { stylization } = await own(c);
  const removed = await jobClient(c.env, stylization.id).remove();
  if (removed === undefined) return gone();
  if (removed === "deleted") return new Response(null, { status: 204, headers: NO_STORE });
  return c.json(removed.stylization, 200, NO_STORE);
}

/** The stylization that the path names. @throws ProblemError where there is none, or none that the caller may see */
async function own(c: Context<App>): Promise<Seen> {
  const id = c.req.param("id") ?? "";
  const seen = await jobClient(c.env, id).read();
  return seen && mayTouch(c.var.principal, seen) ? seen : gone();
}

function gone(): never {
  throw new ProblemError("stylization_not_found", "There is no stylization of that id, or not for you.");
}
