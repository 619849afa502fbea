import { OpenAPIHono } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { methodNotAllowed } from "hono/method-not-allowed";
import {
  completeDirectUpload,
  createDirectUpload,
  createResumableUpload,
  deleteResumableUpload,
  deleteUpload,
  getUpload,
} from "../contract/api/uploads.ts";
import { deleteUser, getUser } from "../contract/api/users.ts";
import { ProblemError } from "../contract/problem.ts";
import { requireAdmin } from "./access/admin.ts";
import { crossOrigin } from "./access/cors.ts";
import { refuseLoops } from "./access/loop.ts";
import type { App, Bindings } from "./bindings.ts";
import { type ConfigResult, parseConfig } from "./config.ts";
import { beginDirect, completeDirect, putDirect, putDirectRoute } from "./routes/direct-uploads.ts";
import { errorDocs, optionDocs } from "./routes/docs.ts";
import { guarded } from "./routes/guarded.ts";
import { alive, ready } from "./routes/health.ts";
import { refuseInvalid } from "./routes/invalid.ts";
import { answerProblem, otherMethod, unknownRoute } from "./routes/problems.ts";
import { purge } from "./routes/purge.ts";
import {
  beginResumable,
  giveUpResumable,
  headResumable,
  headResumableRoute,
  patchResumable,
  patchResumableRoute,
  speaksTus,
} from "./routes/resumable-uploads.ts";
import { styles } from "./routes/styles.ts";
import { transform } from "./routes/transform.ts";
import { createUploadRoute, lookAtUpload, removeUpload, upload } from "./routes/uploads.ts";
import { lookAtUser, removeUser } from "./routes/users.ts";

/** The routes. Files of src/edge/page are answered before the Worker is asked. */
export const app = new OpenAPIHono<App>({ defaultHook: refuseInvalid });

app.onError(answerProblem);
app.notFound(unknownRoute);
app.use(harmless());
app.use(methodNotAllowed({ app, onMethodNotAllowed: otherMethod }));

app.get("/healthz", alive);

app.use(configured());
app.use("/v1/uploads/resumable/*", speaksTus());
app.use(crossOrigin());
app.get("/readyz", ready);
app.get("/v1/styles", styles);
app.get("/docs/errors", errorDocs);
app.get("/docs/options", optionDocs);
app.openapi(createUploadRoute, upload);
app.openapi(guarded(createDirectUpload), beginDirect);
app.openapi(putDirectRoute, putDirect);
app.openapi(guarded(completeDirectUpload), completeDirect);
app.openapi(guarded(createResumableUpload), beginResumable);
app.openapi(headResumableRoute, headResumable);
app.openapi(patchResumableRoute, patchResumable);
app.openapi(guarded(deleteResumableUpload), giveUpResumable);
app.openapi(guarded(getUpload), lookAtUpload);
app.openapi(guarded(deleteUpload), removeUpload);
app.openapi(guarded(getUser), lookAtUser);
app.openapi(guarded(deleteUser), removeUser);
app.post("/v1/purge", requireAdmin(), purge);
app.get("/image/*", refuseLoops(), transform);

/** No answer of ours may do anything in a browser, whatever that makes of its bytes; only the documents are pages, and say what they need. */
function harmless() {
  return createMiddleware<App>(async (c, next) => {
    await next();
    c.res.headers.set("X-Content-Type-Options", "nosniff");
    if (!c.res.headers.has("Content-Security-Policy"))
      c.res.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  });
}

/** The bindings live as long as the isolate, so they are parsed once. */
const parsed = new WeakMap<Bindings, ConfigResult>();

function configured() {
  return createMiddleware<App>(async (c, next) => {
    const result = parsed.get(c.env) ?? parseConfig(c.env);
    parsed.set(c.env, result);
    if (!result.ok) {
      throw new ProblemError("misconfigured", "A variable has a value that makes no sense.", {
        cause: result.complaints.join(" "),
      });
    }
    c.set("config", result.config);
    await next();
  });
}
