import type { Context } from "hono";
import { openApiDocument } from "../../contract/api/document.ts";
import { sha256 } from "../../contract/encoding.ts";
import type { App } from "../bindings.ts";
import { matches } from "./etag.ts";

/** Made once for each isolate, when it is first asked for. */
let made: Promise<{ text: string; etag: string }> | undefined;

/** GET `/openapi.json`: the API's description, for programs. */
export async function openapi(c: Context<App>): Promise<Response> {
  made ??= describe();
  const { text, etag } = await made;
  c.header("ETag", etag);
  c.header("Cache-Control", "public, max-age=300");
  if (matches(c.req.header("If-None-Match") ?? null, etag)) return c.body(null, 304);
  return c.body(text, 200, { "Content-Type": "application/json" });
}

async function describe() {
  const text = JSON.stringify(openApiDocument());
  return { text, etag: `"${(await sha256(text)).slice(0, 32)}"` };
}
