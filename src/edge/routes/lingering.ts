import { createMiddleware } from "hono/factory";
import type { App } from "../bindings.ts";

/** What is read on at most after a refusal: four of the largest photos. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Milliseconds, for all of it, and without a byte: whoever has read the refusal sends no more, and shall not wait for long. */
const MAX_TIME = 30_000;
const MAX_SILENCE = 1_000;
/** What a server takes by itself. */
const SMALL = 64 * 1024;

/**
 * Reads on, and forgets, what is still being sent when a request has been refused. Many clients send all that they have before they read,
 * and a connection that is closed on them meanwhile takes the answer with it: they would see a reset, and try again.
 *
 * The answer goes out at once, and ends when the body does: once an answer is over, nothing of its request can be read.
 */
export function lingering() {
  return createMiddleware<App>(async (c, next) => {
    const { body, headers } = c.req.raw;
    await next();
    if (!body || c.res.status < 400 || Number(headers.get("Content-Length") ?? Infinity) <= SMALL) return;
    if (body.locked) return; // who reads it has given it up themselves
    const answer = new Uint8Array(await c.res.arrayBuffer());
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const ending = async () => {
      await writer.write(answer);
      await discard(body.getReader()).catch(() => {}); // it has broken off
      await writer.close();
    };
    ending().catch((error) => writer.abort(error).catch(() => {})); // the client is gone
    c.res = new Response(readable, c.res);
    c.res.headers.delete("Content-Length");
  });
}

async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const end = Date.now() + MAX_TIME;
  for (let left = MAX_BYTES; left > 0 && Date.now() < end; ) {
    const { promise: silent, resolve } = Promise.withResolvers<undefined>();
    const silence = setTimeout(() => resolve(undefined), MAX_SILENCE);
    const read = await Promise.race([reader.read(), silent]).finally(() => clearTimeout(silence));
    if (!read || read.done) break;
    left -= read.value.byteLength;
  }
  await reader.cancel();
}
