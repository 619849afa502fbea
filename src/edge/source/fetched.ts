import type { Failure, ProblemCode } from "../../contract/problem.ts";
import type { CacheHeaders } from "./freshness.ts";
import type { Validator } from "./record.ts";

/** What an origin said about a picture besides its bytes. */
export type OriginHeaders = CacheHeaders & { cacheTag: string | null };

/** What asking an origin for a picture came to. */
export type Fetched =
  | { ok: true; changed: true; bytes: Uint8Array; validator: Validator; headers: OriginHeaders }
  | { ok: true; changed: false; headers: OriginHeaders }
  | Failure;

export const fail = (code: ProblemCode, detail: string, retryAfter?: number): Failure => ({
  ok: false,
  code,
  detail,
  retryAfter,
});
