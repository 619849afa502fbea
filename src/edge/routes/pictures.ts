import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { headOutput, readOutput, type StoredOutput } from "../storage/outputs.ts";
import { inline } from "./disposition.ts";
import { matches, matchesAny } from "./etag.ts";
import { mayBePart, parseRange, partHeaders, unsatisfiable } from "./range.ts";

/** GET and HEAD `/v1/pictures/{id}`: a picture of a stylization, for whoever knows its name. */
export async function picture(c: Context<App>): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const stored = await find(id, c);
  const { method, headers: asked } = c.req.raw;
  const condition = asked.get("If-None-Match");
  const headers = headersOf(stored, c);
  if (matches(condition, etagOf(stored)) || matchesAny(condition)) {
    for (const name of ["Content-Type", "Content-Disposition", "Accept-Ranges"]) headers.delete(name);
    return new Response(null, { status: 304, headers });
  }
  const range = mayBePart(asked.get("If-Range"), etagOf(stored)) ? asked.get("Range") : null;
  const wanted = method === "HEAD" ? ({ kind: "all" } as const) : parseRange(range, stored.size);
  switch (wanted.kind) {
    case "none":
      return unsatisfiable(stored.size, c);
    case "part": {
      const { start, end } = wanted;
      const body = await bytesOf(id, c, { offset: start, length: end - start });
      const all = { ...Object.fromEntries(headers), ...partHeaders(wanted, stored.size) };
      return new Response(body, { status: 206, headers: all });
    }
    case "all":
      headers.set("Content-Length", `${stored.size}`);
      return new Response(method === "HEAD" ? null : await bytesOf(id, c), { headers });
  }
}

/** All of it, as the answer to the request that had it made. */
export async function answerPicture(id: string, c: Context<App>): Promise<Response> {
  const stored = await find(id, c);
  const headers = headersOf(stored, c);
  headers.delete("Accept-Ranges");
  headers.set("Cache-Control", "no-store");
  headers.set("Content-Length", `${stored.size}`);
  return new Response(await bytesOf(id, c), { headers });
}

async function find(id: string, c: Context<App>): Promise<StoredOutput> {
  return (await headOutput(c.env.PICTURES, id, Date.now())) ?? gone();
}

async function bytesOf(id: string, c: Context<App>, range?: { offset: number; length: number }) {
  return (await readOutput(c.env.PICTURES, id, range)) ?? gone();
}

function gone(): never {
  throw new ProblemError("picture_not_found", "There is no picture of that name.");
}

/** Whoever has the link may keep the picture, no cache on the way may, and nobody longer than it is kept here. */
function headersOf(stored: StoredOutput, c: Context<App>): Headers {
  const left = Math.max(0, Math.floor((stored.expiresAt - Date.now()) / 1000));
  return new Headers({
    "Cache-Control": `private, max-age=${Math.min(left, c.var.config.cacheMaxAgeSeconds)}, must-revalidate`,
    "Cross-Origin-Resource-Policy": "cross-origin",
    ETag: etagOf(stored),
    "Accept-Ranges": "bytes",
    "Content-Type": stored.contentType,
    "Content-Disposition": inline(stored.style, stored.contentType),
  });
}

const etagOf = ({ sha256 }: StoredOutput) => `"${sha256}"`;
