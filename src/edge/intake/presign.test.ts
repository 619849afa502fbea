import { describe, expect, it } from "vitest";
import { presign } from "./presign.ts";

// No bucket can be reached from here, so that what R2 would check is checked by another implementation of the same algorithm, which AWS's own
// published example holds to.

const encoder = new TextEncoder();

async function hmac(key: Uint8Array | ArrayBuffer, text: string): Promise<ArrayBuffer> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, encoder.encode(text));
}

const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, word for word, as the server that was sent this does it. */
async function isRight(
  method: string,
  sent: string,
  headers: Record<string, string>,
  secret: string,
): Promise<boolean> {
  const url = new URL(sent);
  const query = url.search
    .slice(1)
    .split("&")
    .filter((pair) => !pair.startsWith("X-Amz-Signature="));
  const param = (name: string) => url.searchParams.get(name) ?? "";
  const all = { ...headers, host: url.host };
  const lower = Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]));
  const names = param("X-Amz-SignedHeaders").split(";");
  const canonical = [
    method,
    url.pathname,
    query.sort().join("&"),
    ...names.map((name) => `${name}:${lower[name]?.trim()}`),
    "",
    names.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
  const [, ...scope] = param("X-Amz-Credential").split("/");
  const hash = hex(await crypto.subtle.digest("SHA-256", encoder.encode(canonical)));
  const text = ["AWS4-HMAC-SHA256", param("X-Amz-Date"), scope.join("/"), hash].join("\n");
  let key: Uint8Array | ArrayBuffer = encoder.encode(`AWS4${secret}`);
  for (const part of scope) key = await hmac(key, part);
  return hex(await hmac(key, text)) === param("X-Amz-Signature");
}

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

describe("the checking itself", () => {
  const example = [
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256",
    "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
    "X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host",
    "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  ].join("&");

  it("takes AWS's example, and nothing else in its place", async () => {
    expect(await isRight("GET", example, {}, SECRET)).toBe(true);
    expect(await isRight("PUT", example, {}, SECRET)).toBe(false);
    expect(await isRight("GET", example.replace("86400", "86401"), {}, SECRET)).toBe(false);
  });
});

describe("a presigned URL", () => {
  const bucket = {
    url: `https://${"0".repeat(32)}.r2.cloudflarestorage.com/pictures`,
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: SECRET,
  };
  const what = {
    key: "incoming/9fGk2mVx4Qb7TzLr0WcY-_",
    bytes: 1234,
    expires: 900,
    now: new Date("2026-11-29T10:00:00.123Z"),
  };

  it.each([undefined, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"])(
    "is signed, with the SHA-256 %s",
    async (sha256) => {
      const { url, headers } = await presign({ ...what, sha256 }, bucket);
      expect(await isRight("PUT", url, headers, SECRET)).toBe(true);
      const { searchParams, pathname } = new URL(url);
      expect(pathname).toBe("/pictures/incoming/9fGk2mVx4Qb7TzLr0WcY-_");
      expect(Object.fromEntries(searchParams)).toMatchObject({
        "X-Amz-Date": "20261129T100000Z",
        "X-Amz-Expires": "900",
        "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20261129/auto/s3/aws4_request",
        "X-Amz-SignedHeaders": sha256 ? "content-length;host;x-amz-checksum-sha256" : "content-length;host",
      });
      if (sha256)
        expect(headers["x-amz-checksum-sha256"]).toBe("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
      expect(url).not.toContain(SECRET);
    },
  );

  it("is the one that AWS's own library makes: botocore 1.44.8, S3SigV4QueryAuth", async () => {
    const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const { searchParams } = new URL((await presign({ ...what, sha256 }, bucket)).url);
    expect(searchParams.get("X-Amz-Signature")).toBe(
      "f4f54aeb134a3f26ead4c2bb6e27aa8a54ac191d4791bf7f2b56732d2f06b71f",
    );
  });

  it("takes no other length, digest, name or method", async () => {
    const { url, headers } = await presign({ ...what, sha256: "0".repeat(64) }, bucket);
    const others: [string, string, Record<string, string>][] = [
      ["PUT", url, { ...headers, "Content-Length": "1235" }],
      ["PUT", url, { ...headers, "x-amz-checksum-sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }],
      ["PUT", url.replace("/incoming/", "/uploads/"), headers],
      ["PUT", url.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"), headers],
      ["DELETE", url, headers],
    ];
    for (const [method, sent, told] of others) expect(await isRight(method, sent, told, SECRET)).toBe(false);
  });
});
