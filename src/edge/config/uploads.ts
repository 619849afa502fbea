import type { Environment } from "./environment.ts";

/** Where presigned URLs lead, and what signs them. */
export type DirectBucket = {
  /** The bucket's URL, without a slash at the end. */
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
};

export type UploadConfig = {
  /** Milliseconds that an upload is kept; Infinity for ever. */
  ttl: number;
  /** Milliseconds that a direct or resumable upload has until it is complete. */
  sessionTtl: number;
  /** Undefined where direct uploads go to the Worker. */
  direct: DirectBucket | undefined;
};

const TEN_YEARS = 315_360_000;

export function readUploads(env: Environment): UploadConfig {
  const ttl = env.whole("UPLOAD_TTL", 7_776_000, 0, TEN_YEARS);
  return {
    ttl: ttl === 0 ? Number.POSITIVE_INFINITY : ttl * 1000,
    sessionTtl: env.whole("UPLOAD_SESSION_TTL", 86_400, 60, 604_800) * 1000,
    direct: readDirect(env),
  };
}

/** All four or none: what is half there would have clients sent somewhere that does not answer. */
function readDirect(env: Environment): DirectBucket | undefined {
  const account = env.text("R2_ACCOUNT_ID");
  const bucket = env.text("R2_BUCKET");
  const accessKeyId = env.secret("R2_ACCESS_KEY_ID", 1);
  const secretAccessKey = env.secret("R2_SECRET_ACCESS_KEY", 1);
  if (account === "" && bucket === "" && !accessKeyId && !secretAccessKey) return undefined;
  if (!/^[0-9a-f]{32}(?:\.(?:eu|fedramp))?$/.test(account)) {
    env.complain("R2_ACCOUNT_ID must be 32 hexadecimal digits, where direct uploads go to R2.");
  } else if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) {
    env.complain("R2_BUCKET must be a bucket's name, where direct uploads go to R2.");
  } else if (!accessKeyId || !secretAccessKey) {
    env.complain("R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY must be set with R2_ACCOUNT_ID and R2_BUCKET.");
  }
  if (!accessKeyId || !secretAccessKey) return undefined;
  const url = `https://${account}.r2.cloudflarestorage.com/${bucket}`;
  return { url, accessKeyId, secretAccessKey };
}
