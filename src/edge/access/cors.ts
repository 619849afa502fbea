import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { App } from "../bindings.ts";
import { admitsOrigin } from "./origin-policy.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What a page may send besides what every page may. */
const ALLOWED = [
  "Authorization",
  "Content-Digest",
  "Content-Type",
  "Idempotency-Key",
  "If-None-Match",
  "Last-Event-ID",
  "Prefer",
  "Repr-Digest",
  "Traceparent",
  "Tracestate",
  "Tus-Resumable",
  "Upload-Checksum",
  "Upload-Length",
  "Upload-Metadata",
  "Upload-Offset",
];

/** What it may read. */
const EXPOSED = [
  "Content-Disposition",
  "Content-Location",
  "Content-Range",
  "ETag",
  "Idempotency-Replayed",
  "Location",
  "Preference-Applied",
  "RateLimit",
  "RateLimit-Policy",
  "Repr-Digest",
  "Retry-After",
  "Server-Timing",
  "Stylegate-Engine",
  "Stylegate-Faces",
  "Stylegate-Limited-From",
  "Tus-Checksum-Algorithm",
  "Tus-Extension",
  "Tus-Max-Size",
  "Tus-Resumable",
  "Tus-Version",
  "Upload-Expires",
  "Upload-Length",
  "Upload-Metadata",
  "Upload-Offset",
  "WWW-Authenticate",
];

/**
 * Cross-origin access as `ALLOWED_ORIGINS` says, preflight included. Whoever may read an answer may read its `Server-Timing` in
 * the browser's performance entries as well.
 */
export function crossOrigin() {
  return createMiddleware<App>(async (c, next) => {
    const { origins, auth } = c.var.config;
    const isOpen = auth === "open";
    const isAnybody = origins === "*" && !isOpen;
    const policy = cors({
      origin: isAnybody ? "*" : (origin) => (admitsOrigin(origins, origin, isOpen) ? origin : null),
      allowMethods: METHODS,
      allowHeaders: ALLOWED,
      exposeHeaders: EXPOSED,
      maxAge: 86_400,
    });
    const answer = await policy(c, next);
    const allowed = c.res.headers.get("Access-Control-Allow-Origin");
    if (allowed !== null) c.res.headers.set("Timing-Allow-Origin", allowed);
    return answer;
  });
}
