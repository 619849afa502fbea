import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import { signedText } from "../../contract/signature.ts";
import { parseSource, sourceText } from "../../contract/source.ts";
import { servedStyle } from "../../contract/style.ts";
import { parseTransform } from "../../contract/transform.ts";
import { requireSource, requireStyle } from "../access/allowed.ts";
import { requireSignature } from "../access/signature.ts";
import { receive, type Visitor } from "../access/visitor.ts";
import { asProblem } from "../as-problem.ts";
import type { App } from "../bindings.ts";
import { traceContentLately } from "../erasure/tracing.ts";
import { ownUpload } from "../intake/own-upload.ts";
import { behindTheAnswer, type Kit, kitFor } from "../kit.ts";
import { nameOf } from "../storage/keys.ts";
import { answeredNow } from "../stylize/at-edge.ts";
import { type Order, placeOrder, type Wish } from "../stylize/order.ts";
import { renewBehind } from "../stylize/renewal.ts";
import { stylize } from "../stylize/stylize.ts";
import { FACES, headOfVariant, mediaType } from "../stylize/variant.ts";
import { inline } from "./disposition.ts";
import { matches, matchesAny } from "./etag.ts";
import { splitImageUrl } from "./image-url.ts";
import { answerInstead } from "./on-error.ts";
import { mayBePart, parseRange, partHeaders, unsatisfiable } from "./range.ts";

/** GET and HEAD `/image/{options}/{source}`: the picture at the source, stylized. */
export async function transform(c: Context<App>): Promise<Response> {
  const kit = kitFor(c.env, c.var.config, (work) => c.executionCtx.waitUntil(work));
  const { wish, visitor } = await readWish(c, kit);
  let isMade = false; // whatever is answered then: else who asks for what is not sent would have it drawn for nothing
  try {
    const order = await placeOrder(wish, kit);
    const trace = (made: Order) => traceFor(visitor, made, c, kit);
    const tellMade = () => {
      isMade = true;
    };
    const made = await answer(order, c, kit, { trace, tellMade });
    if (order.renewal) kit.waitUntil(renewBehind(order, behindTheAnswer(kit), trace)); // later: the answer may have taken asking
    return visitor ? forOneAlone(made) : made;
  } catch (error) {
    const instead = await answerInstead(asProblem(error), wish, c, kit);
    if (instead) return instead;
    throw error;
  } finally {
    visitor?.leave(isMade ? 1 : 0);
  }
}

/** What is answered to a key is for its holder: a cache that others share would answer it to those who have none. */
function forOneAlone(answer: Response): Response {
  const told = answer.headers.get("Cache-Control") ?? "no-store";
  answer.headers.set("Cache-Control", told.replace(/^public\b/, "private"));
  return answer;
}

/** What is drawn for a token's user is theirs: it goes when they are erased. Of an upload it goes with that. @throws ProblemError */
async function traceFor(
  visitor: Visitor | undefined,
  { source, record: { contentHash } }: Order,
  c: Context<App>,
  { now }: Kit,
): Promise<void> {
  const { owner, user } = visitor?.principal ?? {};
  if (owner === undefined || user === undefined || source.kind === "upload") return;
  await traceContentLately(c.env, { owner, user, source, contentHash }, now());
}

type Witness = {
  /** To be told before an order is filled, and which one it was where its picture changed meanwhile. */
  trace: (order: Order) => Promise<void>;
  /** There is a picture, whatever is answered then. */
  tellMade: () => void;
};

async function answer(
  order: Order,
  c: Context<App>,
  kit: Kit,
  { trace, tellMade }: Witness,
): Promise<Response> {
  const { method, headers: asked } = c.req.raw;
  const condition = asked.get("If-None-Match");
  if (matches(condition, etagOf(order))) return notModified(order, kit);
  if (method === "HEAD") return head(order, condition, kit);
  await trace(order);
  const { order: filled, variant } = await stylize(order, kit);
  tellMade();
  await trace(filled);
  if (matchesAny(condition) || matches(condition, etagOf(filled))) {
    if (variant.body instanceof ReadableStream) await variant.body.cancel();
    return notModified(filled, kit);
  }
  const headers = pictureHeaders(filled, variant.faces, kit);
  const range = mayBePart(asked.get("If-Range"), etagOf(filled)) ? asked.get("Range") : null;
  if (range !== null) return answerRange(await new Response(variant.body).bytes(), range, headers, c);
  if (variant.length !== undefined) headers.set("Content-Length", `${variant.length}`);
  return new Response(variant.body, { headers });
}

/** What GET would answer, as far as it can be said without drawing: the length of a picture that is not there yet cannot. */
async function head(placed: Order, condition: string | null, kit: Kit): Promise<Response> {
  const stored = await headOfVariant(placed, kit);
  const order = stored ? placed : await answeredNow(placed, kit);
  if (order !== placed && matches(condition, etagOf(order))) return notModified(order, kit);
  const known = order === placed ? stored : await headOfVariant(order, kit);
  kit.timing.cached = known ? "hit" : "miss";
  const headers = pictureHeaders(order, known?.faces, kit);
  if (known?.length !== undefined) headers.set("Content-Length", `${known.length}`);
  return new Response(null, { headers });
}

function notModified(order: Order, kit: Kit): Response {
  kit.timing.cached = "hit";
  return new Response(null, { status: 304, headers: sharedHeaders(order, kit) });
}

function answerRange(bytes: Uint8Array, range: string, headers: Headers, c: Context<App>): Response {
  const wanted = parseRange(range, bytes.byteLength);
  switch (wanted.kind) {
    case "none":
      return unsatisfiable(bytes.byteLength, c);
    case "part": {
      const part = bytes.subarray(wanted.start, wanted.end);
      const all = { ...Object.fromEntries(headers), ...partHeaders(wanted, bytes.byteLength) };
      return new Response(part, { status: 206, headers: all });
    }
    case "all":
      headers.set("Content-Length", `${bytes.byteLength}`);
      return new Response(bytes, { headers });
  }
}

/** @param faces found in it; undefined where nobody looked */
function pictureHeaders(order: Order, faces: number | undefined, kit: Kit): Headers {
  const headers = sharedHeaders(order, kit);
  if (order.isFaceless) headers.set(FACES, "unknown");
  else if (faces !== undefined) headers.set(FACES, `${faces}`);
  const { limitedFrom } = order;
  if (limitedFrom) headers.set("Stylegate-Limited-From", `${limitedFrom.width}x${limitedFrom.height}`);
  headers.set("Accept-Ranges", "bytes");
  headers.set("Content-Type", mediaType(order.format));
  headers.set("Content-Disposition", inline(order.style.id, mediaType(order.format)));
  return headers;
}

/** Seconds that an answer may be reused for that may be out of date, or lacks heads, or an endpoint's hand, that the next one may have. */
const PASSING_MAX_AGE = 60;

/**
 * Whatever is stored comes later: no answer gets past the check of its signature, or of who asks without one. Who it is decides nothing else:
 * the wish is the same.
 *
 * @throws ProblemError
 */
async function readWish(
  c: Context<App>,
  { config, flights, now }: Kit,
): Promise<{ wish: Wish; visitor: Visitor | undefined }> {
  const { options, source } = splitImageUrl(c.req.url);
  const parsed = parseTransform(options, config.presets);
  if (!parsed.ok) throw ProblemError.of(parsed);
  const located = parseSource(source);
  if (!located.ok) throw ProblemError.of(located);
  const { transform, signature } = parsed;
  const visitor = !signature && isForKeys(c) ? await receive(c, flights.longest) : undefined;
  try {
    if (visitor) requireStyle(visitor.principal, transform.style);
    if (visitor) requireSource(visitor.principal, located.source);
    // Whoever knows an upload's id may see it where nobody is asked, or a signature says so; a key sees only its own.
    if (visitor && located.source.kind === "upload")
      await ownUpload(visitor.principal, c.env.PICTURES, located.source.id, now());
    const text = signedText(options, sourceText(source) ?? "");
    const expires = visitor
      ? Number.POSITIVE_INFINITY
      : await requireSignature(signature, text, config.signing, now());
    const accept = c.req.header("Accept") ?? null;
    const served = servedStyle(transform.style, transform.version);
    if (!served.ok) throw ProblemError.of(served);
    return { wish: { transform, style: served.style, source: located.source, accept, expires }, visitor };
  } catch (error) {
    visitor?.leave(0);
    throw error;
  }
}

/** Whether a URL without a signature is for who has a key. Where URLs are signed, who sends none is told of signatures. */
function isForKeys(c: Context<App>): boolean {
  const { isRequired, takesKeys, keys } = c.var.config.signing;
  return isRequired && takesKeys && (keys.size === 0 || c.req.header("Authorization") !== undefined);
}

/** What a picture and the word that it did not change have in common (RFC 9110 15.4.5). */
function sharedHeaders(order: Order, kit: Kit): Headers {
  kit.timing.isStale = isStale(order);
  const headers = new Headers({
    "Cache-Control": cacheControl(order, kit),
    "Cross-Origin-Resource-Policy": "cross-origin",
    ETag: etagOf(order),
    "Server-Timing": kit.timing.toString(),
  });
  if (order.transform.format === "auto") headers.set("Vary", "Accept");
  if (order.engine) headers.set("Stylegate-Engine", order.engine);
  return headers;
}

/**
 * A URL that expires is not to be shown a second longer, by no cache: `must-revalidate` where others may go on while they ask. Of a pinned
 * network nothing changes while an answer is fresh, so that browsers need not ask even on reload (RFC 8246).
 */
function cacheControl(order: Order, kit: Kit): string {
  const seconds = maxAge(order, kit);
  const isImmutable = order.transform.version !== undefined && !isPassing(order);
  const end = isImmutable ? ", immutable" : "";
  if (order.expires === Number.POSITIVE_INFINITY) {
    return `public, max-age=${seconds}, stale-while-revalidate=${staleSeconds(order, kit, seconds)}${end}`;
  }
  const left = Math.max(0, Math.floor((order.expires - kit.now()) / 1000));
  return `public, max-age=${Math.min(seconds, left)}, must-revalidate${end}`;
}

/** No longer than the source's record holds, so that caches outside do not outlive our own knowledge. */
function maxAge(order: Order, { config, now }: Kit): number {
  const { record } = order;
  if (isStale(order)) return Math.min(PASSING_MAX_AGE, config.cacheMaxAgeSeconds);
  const freshSeconds = Math.max(0, Math.ceil((record.freshUntil - now()) / 1000));
  return Math.min(freshSeconds, config.cacheMaxAgeSeconds, longestOf(order));
}

/** Beyond `seconds`: no longer than we would show the old picture ourselves, so that what an origin forbids us nobody does after us. */
function staleSeconds(order: Order, { config, now }: Kit, seconds: number): number {
  const left = Math.ceil((order.record.revalidateUntil - now()) / 1000) - seconds;
  return Math.min(config.cacheMaxAgeSeconds, longestOf(order), Math.max(0, left));
}

const isStale = ({ staleBecause, renewal }: Order) => staleBecause !== undefined || renewal !== undefined;

/** Seconds: of what the next one may have better, fresh and stale alike. */
const longestOf = ({ isFaceless }: Order) => (isFaceless ? PASSING_MAX_AGE : Number.POSITIVE_INFINITY);

const isPassing = (order: Order) => isStale(order) || order.isFaceless === true;

/** Strong: the key tells the bytes, as far as the same code and network make the same picture. */
const etagOf = ({ variantKey }: Order) => `"${nameOf(variantKey)}"`;
