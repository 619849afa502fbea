import { MAX_PICTURE_MIB } from "./picture-size.ts";

/**
 * Everything that can go wrong, by its stable code. A code never changes its meaning; clients branch on it. `title` is the same for
 * every occurrence (RFC 9457), the occurrence's own sentence is `detail`.
 */
export const PROBLEMS = {
  invalid_options: {
    status: 400,
    title: "The options cannot be read",
    remedy: "Write `key=value` pairs separated by commas, for example `style=handdrawn,width=640`.",
  },
  unknown_option: {
    status: 400,
    title: "There is no such option",
    remedy: "Remove it; `/docs/options` lists the options.",
  },
  duplicate_option: { status: 400, title: "An option is given twice", remedy: "Give each option once." },
  invalid_option: {
    status: 400,
    title: "An option has a value out of its range",
    remedy: "The detail says which values the option takes.",
  },
  missing_style: {
    status: 400,
    title: "The options name no style",
    remedy: "Add `style=` with an id of `GET /v1/styles`.",
  },
  unknown_preset: {
    status: 400,
    title: "There is no such preset",
    remedy: "The operator defines presets in `PRESETS`.",
  },
  presets_only: {
    status: 400,
    title: "Only presets may be asked for",
    remedy:
      "Write `preset=` with a name that the operator has defined, and besides it nothing but a signature: `PRESETS_ONLY` is set.",
  },
  unknown_style: { status: 400, title: "There is no such style", remedy: "`GET /v1/styles` lists them." },
  invalid_source: {
    status: 400,
    title: "The source is no http(s) URL, no upload and no object of a bucket",
    remedy:
      "After the options, write an absolute URL, as it is or percent-encoded as a whole, `upload:` and the id that `POST /v1/uploads` answered, or `r2:{bucket}/{key}`. A URL must not carry a user name or password.",
  },
  invalid_purge: {
    status: 400,
    title: "The purge cannot be read",
    remedy:
      'Send a JSON object such as `{"sources": ["https://example.com/me.jpg"], "styles": ["handdrawn"], "tags": ["team"]}`; the detail says what is wrong with it.',
  },
  invalid_request: {
    status: 400,
    title: "The request is not as the API has it",
    remedy:
      "`errors` names each part that is wrong; `/docs` has the routes, and `/openapi.json` their schemas.",
  },
  unauthorized: {
    status: 401,
    title: "The request does not say who asks",
    remedy:
      "Send `Authorization: Bearer` and a key, a token that one has minted, or the operator's `ADMIN_SECRET`. The detail says whether one was there, and what is wrong with it.",
  },
  forbidden: {
    status: 403,
    title: "The key may not do this",
    remedy:
      "The detail says why: it lacks a scope, which a key of the operator's may have, or the token is another user's, or it takes a key and no token.",
  },
  host_not_allowed: {
    status: 403,
    title: "The service is open to its own machine alone",
    remedy:
      "With `AUTH=open` nobody is asked for a key, so that only `localhost` and `127.0.0.1` are answered. To be reached by another name the operator sets `AUTH=keys`: docs/keys.md.",
  },
  source_not_allowed: {
    status: 403,
    title: "Pictures are not fetched from there",
    remedy:
      "The operator names the hosts in `ALLOWED_SOURCES`, and buckets in `SOURCE_BUCKETS`. Private and reserved addresses, local names and unusual ports are refused unless they are named there. Redirects are checked too.",
  },
  style_not_allowed: {
    status: 403,
    title: "The key may not draw in this style",
    remedy: "The key's own list of styles does not name it.",
  },
  webhook_not_allowed: {
    status: 403,
    title: "Webhooks are not sent there",
    remedy:
      "The operator names the hosts in `ALLOWED_WEBHOOKS`, and a key may have a list of its own within it. Private and reserved addresses, local names and unusual ports are refused unless they are named there.",
  },
  signature_required: {
    status: 403,
    title: "The URL is not signed",
    remedy: "The operator has URLs signed: docs/signing.md says how.",
  },
  invalid_signature: {
    status: 403,
    title: "The signature is not one of this URL",
    remedy:
      "Sign exactly the options and the source that the URL has, with a key of `SIGNING_KEYS`; docs/signing.md has vectors to compare with.",
  },
  signature_expired: {
    status: 403,
    title: "The URL was signed for a time that is over",
    remedy: "Ask whoever gave it to you for a new one. `exp` is in seconds since 1970.",
  },
  source_refused: {
    status: 403,
    title: "The source's server does not give the picture",
    remedy:
      "The detail says what it answered instead. The URL must answer 200 to a GET without cookies, after three redirects at most.",
  },
  picture_refused: {
    status: 403,
    title: "The operator refuses this picture",
    remedy:
      "Its content is not drawn here, whatever address it comes from. Whoever runs the service can say why.",
  },
  origin_not_allowed: {
    status: 403,
    title: "Pages of that origin may not change anything",
    remedy:
      "The operator names the origins in `ALLOWED_ORIGINS`; with `AUTH=open`, `*` is those of the service's own machine alone. Without a browser there is no origin, and no such limit.",
  },
  not_found: { status: 404, title: "There is nothing here", remedy: "The README describes the routes." },
  unknown_version: {
    status: 404,
    title: "The style is not served in this version",
    remedy:
      "`GET /v1/styles` tells each style's `version`. Take `version` out of the URL, or write the one that is served, once you have looked at what it draws.",
  },
  source_not_found: {
    status: 404,
    title: "The source does not exist",
    remedy: "Its server answered 404 or 410: check the URL.",
  },
  upload_not_found: {
    status: 404,
    title: "There is no such upload",
    remedy: "Upload the picture again.",
  },
  stylization_not_found: {
    status: 404,
    title: "There is no such stylization",
    remedy: "It has expired, was deleted, or belongs to another key or user.",
  },
  picture_not_found: {
    status: 404,
    title: "There is no such picture",
    remedy: "Its stylization has expired or was deleted.",
  },
  key_not_found: { status: 404, title: "There is no such key", remedy: "`GET /v1/keys` lists them." },
  delivery_not_found: {
    status: 404,
    title: "There is no such delivery",
    remedy:
      "`GET /v1/webhooks/deliveries` lists those that there are: of the last month, of stylizations that are still there.",
  },
  method_not_allowed: {
    status: 405,
    title: "The route does not take this method",
    remedy: "The header `Allow` names the methods.",
  },
  upload_timeout: {
    status: 408,
    title: "The upload took too long",
    remedy:
      "The whole picture must arrive within `UPLOAD_TIMEOUT`; send a smaller one, or try a faster connection.",
  },
  idempotency_conflict: {
    status: 409,
    retryAfter: 1,
    title: "The same request is under way",
    remedy:
      "Its `Idempotency-Key` was sent before, and that request is not answered yet. Send it again after the seconds that `Retry-After` says.",
  },
  key_revoked: {
    status: 409,
    title: "The key is revoked",
    remedy: "Nothing brings it back, and nothing of it can be changed: make another.",
  },
  source_changed: {
    status: 409,
    title: "The source has become another picture",
    remedy:
      "All outputs of a stylization are of one picture, and some were made of the one before. Ask for the others again, or upload the photo and take its id as the source.",
  },
  upload_incomplete: {
    status: 409,
    title: "The photo is not there yet",
    remedy: "PUT it to the URL first, all its bytes; then complete the upload.",
  },
  upload_offset: {
    status: 409,
    title: "The part does not begin where the stored bytes end",
    remedy: "Ask with HEAD for `Upload-Offset`, and go on from there.",
  },
  webhook_secret_missing: {
    status: 409,
    title: "There is no secret to sign webhooks with",
    remedy: "`POST /v1/webhooks/secret` makes one; give it to whoever receives them.",
  },
  tus_version: {
    status: 412,
    title: "The version of tus is another one",
    remedy: "Send `Tus-Resumable: 1.0.0`.",
  },
  body_too_large: {
    status: 413,
    title: "The request's body is too large",
    remedy: "JSON may have 64 KiB.",
  },
  source_too_large: {
    status: 413,
    title: "The source has too many bytes",
    remedy: `Offer a picture of at most ${MAX_PICTURE_MIB} MiB.`,
  },
  picture_too_large: {
    status: 413,
    title: "The picture has too many bytes",
    remedy: `Send a picture of at most ${MAX_PICTURE_MIB} MiB.`,
  },
  too_many_pixels: {
    status: 413,
    title: "The picture has too many pixels",
    remedy:
      "Use a smaller one: a JPEG or a phone's HEIC may have 50 megapixels, PNG, WebP and GIF 12, WebP with transparency 8, lossless WebP 4, AVIF about 4, and a side 65535 pixels; the detail says more.",
  },
  unsupported_format: {
    status: 415,
    title: "The data is no picture of a supported format",
    remedy:
      "Use JPEG, HEIC, PNG, WebP, AVIF or GIF. What counts are the bytes, not the name or the content type.",
  },
  unsupported_media_type: {
    status: 415,
    title: "The body's content type is none that the route takes",
    remedy: "`/docs` says which it takes.",
  },
  range_not_satisfiable: {
    status: 416,
    title: "The picture has no such bytes",
    remedy: "`Content-Range` says how many it has. Ask for the whole picture, or for bytes within it.",
  },
  corrupt_picture: {
    status: 422,
    title: "The picture is broken",
    remedy: "Export it again; it may have been cut off.",
  },
  picture_too_small: {
    status: 422,
    title: "The picture is too small to be drawn",
    remedy: "Both sides must have at least 32 pixels once the longer side is reduced to the working size.",
  },
  nobody_found: {
    status: 422,
    title: "There is nobody in the picture",
    remedy:
      "With a colour in place of what is behind people nothing would be left. Choose another backdrop, or another photo.",
  },
  idempotency_mismatch: {
    status: 422,
    title: "The Idempotency-Key belongs to another request",
    remedy: "Take a new one for each request; a random UUID will do.",
  },
  digest_mismatch: {
    status: 422,
    title: "The bytes do not have the digest that was announced",
    remedy: "Something was changed or lost on the way: send them again. Nothing was stored.",
  },
  upload_locked: {
    status: 423,
    retryAfter: 1,
    title: "Another request is sending this upload",
    remedy: "One at a time: ask with HEAD how far it has come.",
  },
  rate_limited: {
    status: 429,
    title: "The key has sent too many requests in this minute",
    remedy: "Wait for the seconds that `Retry-After` says. `RateLimit` tells with each answer what is left.",
  },
  quota_exceeded: {
    status: 429,
    title: "The key's month has fewer pictures left than were asked for",
    remedy: "`GET /v1/usage` tells what they were. The operator can raise the quota.",
  },
  too_much_under_way: {
    status: 429,
    title: "The key has too much under way",
    remedy:
      "Wait until some of its stylizations and uploads have ended, or end them. The operator can raise the key's quota `open`.",
  },
  internal: {
    status: 500,
    title: "The service failed",
    remedy: "Not your fault. Try again; if it stays, tell the operator the time and the URL.",
  },
  misconfigured: {
    status: 500,
    title: "The service is set up wrongly",
    remedy: "The operator finds the variable in the log and its values in docs/configuration.md.",
  },
  source_unreachable: {
    status: 502,
    title: "The source cannot be reached",
    remedy: "Its server did not answer or broke off. Check the host; try again later.",
  },
  source_status: {
    status: 502,
    title: "The source's server answered with an error",
    remedy: "It answered 408, 425 or 429, or 500 and above; the detail says which. Try again later.",
  },
  inference_failed: {
    status: 502,
    title: "The network did not draw the picture",
    remedy: "The inference endpoint refused or answered nonsense; the operator's log says more.",
  },
  inference_unavailable: {
    status: 503,
    retryAfter: 5,
    title: "The network is busy or away",
    remedy: "Try again after the seconds that `Retry-After` says.",
  },
  moderation_unavailable: {
    status: 503,
    retryAfter: 5,
    title: "Nobody can say now whether the picture may be drawn",
    remedy: "Try again after the seconds that `Retry-After` says; the operator's log says what is wrong.",
  },
  storage_unavailable: {
    status: 503,
    retryAfter: 5,
    title: "The storage does not answer",
    remedy: "Try again after the seconds that `Retry-After` says. Nothing that was stored is lost.",
  },
  overloaded: {
    status: 503,
    retryAfter: 5,
    title: "The service is short of memory",
    remedy:
      "Try again after the seconds that `Retry-After` says; a smaller picture, or a smaller size asked for, needs less. Nothing that was stored is lost.",
  },
  admin_disabled: {
    status: 503,
    title: "There is no key, and nobody who could make one",
    remedy: "The operator sets `ADMIN_SECRET`, and makes a key with it: docs/keys.md.",
  },
  not_ready: {
    status: 503,
    retryAfter: 5,
    title: "The service cannot make pictures now",
    remedy:
      "Only `/readyz` answers this; the detail names what is missing, and what is wrong with each endpoint that was asked.",
  },
  source_timeout: {
    status: 504,
    title: "The source took too long",
    remedy: "Its server must deliver the whole picture within `SOURCE_TIMEOUT`.",
  },
  inference_timeout: {
    status: 504,
    title: "The network took too long",
    remedy: "Try again later; the operator can raise `INFERENCE_TIMEOUT`.",
  },
  request_loop: {
    status: 508,
    title: "The service was asked by itself",
    remedy: "Use the original picture as the source, and have webhooks sent to a service of your own.",
  },
} as const satisfies Record<string, Kind>;

type Kind = {
  status: number;
  title: string;
  remedy: string;
  /** Seconds after which it makes sense to try again, where the occurrence knows no better. */
  retryAfter?: number;
};

export type ProblemCode = keyof typeof PROBLEMS;

/** What a function answers instead of its value when the caller may still decide what to do about it. */
export type Failure = {
  ok: false;
  code: ProblemCode;
  detail: string;
  /** Seconds after which it makes sense to try again. */
  retryAfter?: number | undefined;
};

/** Where a code is explained: relative, since the service answers its own documentation. */
export const docsLink = (code: ProblemCode): string => `/docs/errors#${code}`;

/** One part of a request: a JSON pointer into its body, or the name of a parameter, and what is wrong there. */
export type Wrong = { pointer: string; detail: string };

/**
 * Ends a request with a problem. Thrown where nobody on the way up can do anything about it; `detail` is one sentence that is safe to
 * show to anybody, whatever is not goes into `cause`.
 */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: ProblemCode;
  readonly detail: string;
  /** Seconds after which it makes sense to try again. */
  readonly retryAfter: number | undefined;
  /** Each part of the request that is wrong, where there may be several. */
  readonly errors: readonly Wrong[] | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    options: { cause?: unknown; retryAfter?: number | undefined; errors?: readonly Wrong[] } = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    const { retryAfter }: Kind = PROBLEMS[code];
    this.retryAfter = options.retryAfter ?? retryAfter;
    this.errors = options.errors;
  }

  static of({ code, detail, retryAfter }: Failure): ProblemError {
    return new ProblemError(code, detail, { retryAfter });
  }
}

/** RFC 9457. */
type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  instance?: string;
};

export function problemBody(code: ProblemCode, detail: string, instance?: string): ProblemBody {
  const { status, title } = PROBLEMS[code];
  return {
    type: docsLink(code),
    title,
    status,
    detail,
    code,
    ...(instance === undefined ? {} : { instance }),
  };
}
