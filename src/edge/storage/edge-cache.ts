import { log } from "../telemetry/log.ts";

/**
 * Cloudflare's cache in this data centre: variants by their keys, whose content never changes, so that nothing gets stale; and failures, for
 * seconds.
 */

/** No host of that name exists (RFC 6761); the cache wants URLs. */
const internalUrl = (key: string) => `https://stylegate.invalid/${key}`;

/** Seconds; the cache drops what is not asked for long before. */
const LONGEST = 30 * 86_400;

export async function readCache(cache: Cache, key: string): Promise<Response | undefined> {
  try {
    return await cache.match(internalUrl(key));
  } catch (error) {
    logCache("match", key, error);
    return undefined;
  }
}

/**
 * @param options.maxAge seconds
 * @param options.told headers, which `readCache` gives back
 */
export async function writeCache(
  cache: Cache,
  key: string,
  bytes: Uint8Array,
  { maxAge = LONGEST, told = {} }: { maxAge?: number; told?: Record<string, string> } = {},
): Promise<void> {
  try {
    const headers = {
      ...told,
      "Cache-Control": `public, max-age=${maxAge}`,
      "Content-Length": `${bytes.byteLength}`,
    };
    await cache.put(internalUrl(key), new Response(bytes, { headers }));
  } catch (error) {
    logCache("put", key, error);
  }
}

function logCache(action: string, key: string, error: unknown): void {
  log("warn", "cache_failed", { action, key, error: String(error) });
}
