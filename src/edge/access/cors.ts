import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { App } from "../bindings.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const EXPOSED = [
  "Content-Disposition",
  "Content-Range",
  "ETag",
  "Location",
  "Retry-After",
  "Server-Timing",
  "Stylegate-Faces",
  "Stylegate-Limited-From",
  "Tus-Resumable",
  "Upload-Expires",
  "Upload-Length",
  "Upload-Offset",
];
const TAKEN = [
  ...["Authorization", "Content-Type", "If-None-Match", "Content-Digest", "Repr-Digest"],
  ...["Tus-Resumable", "Upload-Checksum", "Upload-Length", "Upload-Metadata", "Upload-Offset"],
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
      allowHeaders: TAKEN,
      exposeHeaders: EXPOSED,
      maxAge: 86_400,
    });
    const answer = await policy(c, next);
    const allowed = c.res.headers.get("Access-Control-Allow-Origin");
    if (allowed !== null) c.res.headers.set("Timing-Allow-Origin", allowed);
    return answer;
  });
}
