import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { App } from "../bindings.ts";

const METHODS = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"];
const EXPOSED = [
  "Content-Disposition",
  "Content-Location",
  "Content-Range",
  "ETag",
  "Location",
  "Preference-Applied",
  "Retry-After",
  "Server-Timing",
  "Stylegate-Faces",
  "Stylegate-Limited-From",
];

/**
 * Cross-origin access as `ALLOWED_ORIGINS` says, preflight included. Whoever may read an answer may read its `Server-Timing` in
 * the browser's performance entries as well.
 */
export function crossOrigin() {
  return createMiddleware<App>(async (c, next) => {
    const { origins } = c.var.config;
    const policy = cors({
      origin: origins === "*" ? "*" : [...origins],
      allowMethods: METHODS,
      allowHeaders: [
        "Accept",
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-None-Match",
        "Last-Event-ID",
        "Prefer",
      ],
      exposeHeaders: EXPOSED,
      maxAge: 86_400,
    });
    const answer = await policy(c, next);
    const allowed = c.res.headers.get("Access-Control-Allow-Origin");
    if (allowed !== null) c.res.headers.set("Timing-Allow-Origin", allowed);
    return answer;
  });
}
