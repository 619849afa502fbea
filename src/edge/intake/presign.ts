import { AwsV4Signer } from "aws4fetch";
import { fromHex, toBase64 } from "../../contract/encoding.ts";
import type { DirectBucket } from "../config/uploads.ts";

/** What may be put, and how long. */
export type Presigned = {
  key: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string | undefined;
  /** Seconds; a week at most. */
  expires: number;
  now: Date;
};

/**
 * A URL that takes one PUT of just so many bytes, and where it is known of just these: length and checksum are signed headers, without which
 * the storage refuses it. AWS Signature Version 4 in the query (https://developers.cloudflare.com/r2/api/s3/presigned-urls/).
 */
export async function presign(
  { key, bytes, sha256, expires, now }: Presigned,
  { url, accessKeyId, secretAccessKey }: DirectBucket,
): Promise<{ url: string; headers: Record<string, string> }> {
  const headers = {
    "Content-Length": `${bytes}`,
    ...(sha256 !== undefined && { "x-amz-checksum-sha256": toBase64(fromHex(sha256)) }),
  };
  const target = new URL(`${url}/${key}`);
  target.searchParams.set("X-Amz-Expires", `${expires}`);
  const signer = new AwsV4Signer({
    ...{ method: "PUT", url: target.href, headers, accessKeyId, secretAccessKey },
    ...{ service: "s3", region: "auto", signQuery: true, allHeaders: true },
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ""),
  });
  const signed = await signer.sign();
  return { url: signed.url.href, headers };
}
