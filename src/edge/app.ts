import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { ProblemError } from "../contract/problem.ts";
import { requireAdmin } from "./access/admin.ts";
import { crossOrigin } from "./access/cors.ts";
import { refuseForeignPages } from "./access/cross-site.ts";
import { refuseLoops } from "./access/loop.ts";
import type { App, Bindings } from "./bindings.ts";
import { type ConfigResult, parseConfig } from "./config.ts";
import { errorDocs, optionDocs } from "./routes/docs.ts";
import { alive, ready } from "./routes/health.ts";
import { answerProblem, otherMethods, unknownRoute } from "./routes/problems.ts";
import { purge } from "./routes/purge.ts";
import { styles } from "./routes/styles.ts";
import { transform } from "./routes/transform.ts";
import { upload } from "./routes/uploads.ts";

/** The routes. Files of src/edge/page are answered before the Worker is asked. */
export const app = new Hono<App>();

app.onError(answerProblem);
app.notFound(unknownRoute);
app.use(harmless());

app.get("/healthz", alive);
app.all("/healthz", otherMethods("GET, HEAD"));

app.use(configured());
app.use(crossOrigin());
app.get("/readyz", ready);
app.all("/readyz", otherMethods("GET, HEAD"));
app.get("/v1/styles", styles);
app.all("/v1/styles", otherMethods("GET, HEAD"));
app.get("/docs/errors", errorDocs);
app.all("/docs/errors", otherMethods("GET, HEAD"));
app.get("/docs/options", optionDocs);
app.all("/docs/options", otherMethods("GET, HEAD"));
app.post("/v1/uploads", refuseForeignPages(), upload);
app.all("/v1/uploads", otherMethods("POST"));
app.post("/v1/purge", requireAdmin(), purge);
app.all("/v1/purge", otherMethods("POST"));
app.get("/image/*", refuseLoops(), transform);
app.all("/image/*", otherMethods("GET, HEAD"));

/** No answer of ours is a page, whatever a browser makes of its bytes. */
function harmless() {
  return createMiddleware<App>(async (c, next) => {
    await next();
    c.res.headers.set("X-Content-Type-Options", "nosniff");
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
