import { OpenAPIHono } from "@hono/zod-openapi";
import { createMiddleware } from "hono/factory";
import { methodNotAllowed } from "hono/method-not-allowed";
import { ProblemError } from "../contract/problem.ts";
import { authorized } from "./access/authorized.ts";
import { crossOrigin } from "./access/cors.ts";
import { refuseForeignPages } from "./access/cross-site.ts";
import { refuseForeignHosts } from "./access/foreign-host.ts";
import { refuseLoops } from "./access/loop.ts";
import type { App, Bindings } from "./bindings.ts";
import { type ConfigResult, parseConfig } from "./config.ts";
import { apiDocs, errorDocs, optionDocs } from "./routes/docs.ts";
import { alive, ready } from "./routes/health.ts";
import { intake } from "./routes/intake.ts";
import { refuseInvalid } from "./routes/invalid.ts";
import { keys } from "./routes/keys.ts";
import { observed } from "./routes/observed.ts";
import { openapi } from "./routes/openapi.ts";
import { answerProblem, otherMethod, unknownRoute } from "./routes/problems.ts";
import { purge } from "./routes/purge.ts";
import { speaksTus } from "./routes/resumable-uploads.ts";
import { styles } from "./routes/styles.ts";
import { stylizations } from "./routes/stylizations.ts";
import { transform } from "./routes/transform.ts";
import { webhooks } from "./routes/webhooks.ts";

/** The routes. Files of src/edge/page are answered before the Worker is asked. */
export const app = new OpenAPIHono<App>({ defaultHook: refuseInvalid });

app.onError(answerProblem);
app.notFound(unknownRoute);
app.use(harmless());
app.use(methodNotAllowed({ app, onMethodNotAllowed: otherMethod }));

app.get("/healthz", alive);

app.use(configured());
app.use(observed());
app.use(refuseLoops());
app.use(refuseForeignHosts());
app.use("/v1/uploads/resumable/*", speaksTus());
app.use(crossOrigin());
app.get("/readyz", ready);
app.get("/v1/styles", styles);
app.get("/openapi.json", openapi);
app.get("/docs", apiDocs);
app.get("/docs/", apiDocs);
app.get("/docs/errors", errorDocs);
app.get("/docs/options", optionDocs);
intake(app);
stylizations(app);
webhooks(app);
app.post("/v1/purge", refuseForeignPages(), authorized(["admin"]), purge);
keys(app);
app.get("/image/*", transform);

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
