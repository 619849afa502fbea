import { createHmac } from "node:crypto";

/**
 * The path of a signed picture.
 *
 * @param options such as { style: "handdrawn", width: 640, exp: 1893456000 }; a colour's "#" is written %23
 * @param source the photo's URL, or upload:{id}
 * @param key base64url, as after the colon in SIGNING_KEYS
 */
export function signedPath(
  options: Record<string, string | number>,
  source: string,
  { kid, key }: { kid: string; key: string },
): string {
  const pairs = Object.entries({ ...options, kid }).map(([name, value]) => `${name}=${value}`);
  const text = `/image/${pairs.sort().join(",")}/${source}`;
  const sig = createHmac("sha256", Buffer.from(key, "base64url")).update(text).digest("base64url");
  return `/image/${pairs.join(",")},sig=${sig}/${encodeURIComponent(source)}`;
}
