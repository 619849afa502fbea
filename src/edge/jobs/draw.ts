import { optionsOf } from "../../contract/api/output-options.ts";
import type { OutputRequest } from "../../contract/api/stylizations.ts";
import { sha256 } from "../../contract/encoding.ts";
import { ProblemError } from "../../contract/problem.ts";
import { parseSource } from "../../contract/source.ts";
import { servedStyle } from "../../contract/style.ts";
import { parseTransform } from "../../contract/transform.ts";
import { asProblem } from "../as-problem.ts";
import type { Bindings } from "../bindings.ts";
import type { Config } from "../config.ts";
import { forKeeps, type Kit, kitFor } from "../kit.ts";
import { probe } from "../source/probe.ts";
import { removeOutputs, writeOutput } from "../storage/outputs.ts";
import { placeOrder, type Wish } from "../stylize/order.ts";
import { stylize } from "../stylize/stylize.ts";
import { mediaType } from "../stylize/variant.ts";
import { inDrawing } from "../telemetry/drawing.ts";
import { log } from "../telemetry/log.ts";
import { Timing } from "../timing.ts";
import type { Claim } from "./answers.ts";
import { type Artist, artistOf } from "./artist.ts";
import { LEASE_TIME } from "./course.ts";
import { progress } from "./progress.ts";
import type { Picture } from "./state.ts";

type Site = {
  env: Bindings;
  config: Config;
  waitUntil: Kit["waitUntil"];
  /** Milliseconds since 1970 until which somebody waits for what is drawn; 0: nobody does. */
  awaitedUntil: number;
};

/**
 * Draws what a claim is about, output by output: those of one style share the master, hence one run of the network. Ends early where the
 * stylization is canceled, pauses, or was given to somebody else.
 *
 * @throws where the stylization's object cannot be reached; its lease then runs out
 */
export async function draw(claim: Claim, site: Site): Promise<void> {
  const artist = artistOf(claim, site.env.JOBS);
  const renewal = setInterval(() => artist.renew(), LEASE_TIME / 4);
  try {
    for (const { index, request } of claim.outputs) {
      const pictureId = await artist.begin(index);
      if (pictureId === undefined) return;
      if (!(await drawOutput({ index, request, pictureId }, claim, artist, site))) return;
    }
  } finally {
    clearInterval(renewal);
  }
}

type Canvas = { index: number; request: OutputRequest; pictureId: string };

/** @returns whether to go on with the next one */
async function drawOutput(
  { index, request, pictureId }: Canvas,
  claim: Claim,
  artist: Artist,
  { env, config, waitUntil, awaitedUntil }: Site,
): Promise<boolean> {
  const timing = new Timing(
    () => performance.now(),
    progress((step) => artist.step(index, step)),
  );
  const priority = Date.now() < awaitedUntil ? "interactive" : "batch"; // the first outputs may take all the time of whoever waits
  const kit = { ...forKeeps(kitFor(env, config, waitUntil), priority, claim.deadline), timing };
  let picture: Picture | undefined;
  const site = { telemetry: config.telemetry, dataset: env.EVENTS, waitUntil };
  const { traceparent } = claim;
  try {
    picture = await inDrawing({ traceparent, style: request.style, priority }, site, () =>
      make(request, pictureId, claim, artist, kit),
    );
  } catch (error) {
    const problem = asProblem(error);
    const { code, detail, retryAfter } = problem;
    if (code === "internal") logBug(problem, claim);
    return artist.fail(index, { code, detail, retryAfter });
  }
  if (picture && (await artist.succeed(index, picture))) return true;
  await removeOutputs(env.PICTURES, [pictureId]).catch(() => {}); // somebody else's is shown, or none
  return false;
}

/** @returns undefined where the ticket holds no longer */
async function make(
  request: OutputRequest,
  pictureId: string,
  { source, expiresAt }: Claim,
  artist: Artist,
  kit: Kit,
): Promise<Picture | undefined> {
  const placed = await placeOrder(wishOf(request, source), kit);
  if (!(await isPinned(placed.record.contentHash, artist))) return undefined;
  const { order, variant } = await stylize(placed, kit);
  if (!(await isPinned(order.record.contentHash, artist))) return undefined;
  const bytes = await new Response(variant.body).bytes();
  const contentType = mediaType(order.format);
  const hash = await sha256(bytes);
  await writeOutput(kit.bucket, pictureId, bytes, {
    contentType,
    sha256: hash,
    style: request.style,
    expiresAt,
  });
  const { faces } = variant;
  return { id: pictureId, contentType, bytes: bytes.byteLength, ...sizeOf(bytes), sha256: hash, faces };
}

/** @returns false where the ticket holds no longer. @throws ProblemError where the source has become another picture */
async function isPinned(contentHash: string, artist: Artist): Promise<boolean> {
  const pinned = await artist.pin(contentHash);
  if (pinned !== "changed") return pinned === "same";
  throw new ProblemError(
    "source_changed",
    "The source gives another picture than it did for the outputs that are made already.",
  );
}

/** What was said when the stylization was asked for is true still, unless the Worker is another one by now. */
function wishOf(request: OutputRequest, spelled: string): Wish {
  const parsed = parseTransform(optionsOf(request));
  if (!parsed.ok) throw ProblemError.of(parsed);
  const { transform } = parsed;
  const served = servedStyle(transform.style, transform.version);
  if (!served.ok) throw ProblemError.of(served);
  const located = parseSource(spelled);
  if (!located.ok) throw ProblemError.of(located);
  const { style } = served;
  return { transform, style, source: located.source, accept: null, expires: Number.POSITIVE_INFINITY };
}

/** Of a picture; what is known of one has none. */
function sizeOf(bytes: Uint8Array): Pick<Picture, "width" | "height"> {
  const probed = probe(bytes);
  return probed.ok ? { width: probed.width, height: probed.height } : {};
}

function logBug({ cause }: ProblemError, { job }: Claim): void {
  const reason = cause instanceof Error ? (cause.stack ?? String(cause)) : cause;
  log("error", "problem", { code: "internal", job, reason });
}
