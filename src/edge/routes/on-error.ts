import type { Context } from "hono";
import { PROBLEMS, type ProblemCode, type ProblemError } from "../../contract/problem.ts";
import { asProblem } from "../as-problem.ts";
import type { App } from "../bindings.ts";
import type { Kit } from "../kit.ts";
import { isNamed } from "../source/source-policy.ts";
import { fallback } from "../stylize/fallback.ts";
import type { Wish } from "../stylize/order.ts";
import { mediaType } from "../stylize/variant.ts";
import { log } from "../telemetry/log.ts";
import { NO_STORE } from "./no-store.ts";
import { logProblem } from "./problems.ts";

/** Trouble in which a browser may do better with the source itself. */
const MAY_REDIRECT: readonly ProblemCode[] = [
  "source_not_found",
  "source_refused", // which says that its server refuses us
  "source_too_large",
  "source_status",
  "source_unreachable",
  "source_timeout",
  "unsupported_format",
  "too_many_pixels",
  "corrupt_picture",
  "picture_too_small",
  "inference_failed",
  "inference_unavailable",
  "inference_timeout",
  "storage_unavailable",
  "overloaded",
  "internal",
];

/**
 * Trouble in which another picture is better than none. Not what was asked wrongly, which somebody must see who can put it right; nor what
 * may not be asked, which is not worth any work.
 */
const MAY_REPLACE: readonly ProblemCode[] = [
  ...MAY_REDIRECT,
  "upload_not_found",
  "picture_refused",
  "moderation_unavailable",
];

/** What is answered to a failed request for a picture other than the problem: the source, or the operator's fallback; undefined for neither. */
export async function answerInstead(
  problem: ProblemError,
  wish: Wish,
  c: Context<App>,
  kit: Kit,
): Promise<Response | undefined> {
  const { source, transform } = wish;
  const { signing, source: allowed } = kit.config;
  // Under `*` a redirect would lead wherever a link says, in our name; a signed one leads where the operator says.
  const isOurs = source.kind === "url" && (signing.isRequired || isNamed(source.url, allowed.policy));
  if (transform.onerror === "redirect" && isOurs && MAY_REDIRECT.includes(problem.code)) {
    logProblem(problem, c);
    const headers = { ...shared(problem, kit), Location: source.url.href };
    return new Response(null, { status: 302, headers });
  }
  const replacement = kit.config.fallback;
  if (!replacement || !MAY_REPLACE.includes(problem.code)) return undefined;
  try {
    const made = await fallback(wish, replacement.source, kit);
    if (!made) return undefined;
    logProblem(problem, c);
    const headers = new Headers({ ...shared(problem, kit), "Content-Type": mediaType(made.order.format) });
    headers.set("Cross-Origin-Resource-Policy", "cross-origin");
    if (made.variant.length !== undefined) headers.set("Content-Length", `${made.variant.length}`);
    if (problem.retryAfter !== undefined) headers.set("Retry-After", `${problem.retryAfter}`);
    return new Response(made.variant.body, {
      status: replacement.status ?? PROBLEMS[problem.code].status,
      headers,
    });
  } catch (error) {
    const { code, detail } = asProblem(error);
    log("error", "fallback_failed", { code, detail });
    return undefined;
  }
}

/** Kept by nobody, like every error; which one it was is told where browsers and pages can see it. */
const shared = ({ code }: ProblemError, { timing }: Kit) => ({
  ...NO_STORE,
  "Server-Timing": `${timing}, error;desc=${code}`,
});
