import { ProblemError } from "../../contract/problem.ts";
import { spellSource } from "../../contract/source.ts";
import { encode, type Pixels } from "../image/index.ts";
import type { Kit } from "../kit.ts";
import { askModeration, type ModerationEndpoint, type Verdict } from "../moderation/client.ts";
import { verdictKey } from "../storage/keys.ts";
import { readVerdict, writeVerdict } from "../storage/verdicts.ts";
import { log } from "../telemetry/log.ts";
import type { Order } from "./order.ts";

/** Of what the operator looks at; enough to recognise anything, and a tenth of the bytes of a perfect one. */
const QUALITY = 80;

/** Ends the request where the operator is known to refuse the picture, before its origin is asked for the bytes. */
export async function requireNotRefused(order: Order, kit: Kit): Promise<void> {
  if (!kit.moderation) return;
  const known = await readVerdict(kit.bucket, await keyOf(order, kit.moderation), kit.now());
  if (known) obey(known);
}

/**
 * Asks the operator's endpoint, where there is one, whether this photo may be drawn; remembers what it said of the content.
 *
 * @throws ProblemError picture_refused, or moderation_unavailable where it does not say and that means no
 */
export async function moderate(photo: Pixels, order: Order, kit: Kit): Promise<void> {
  const { moderation } = kit;
  if (!moderation) return;
  const { contentHash } = order.record;
  const key = await keyOf(order, moderation);
  const known = await readVerdict(kit.bucket, key, kit.now());
  if (known) return obey(known);
  const jpeg = await kit.timing.measure("encode", () => encode(photo, "jpeg", QUALITY), "moderation");
  const { source } = order;
  const candidate = { contentHash, kind: source.kind, source: spellSource(source), jpeg };
  const answer = await kit.timing.measure("moderate", () => askModeration(candidate, moderation));
  if (!("failure" in answer)) {
    await writeVerdict(kit.bucket, key, answer, kit.now());
    return obey(answer);
  }
  log("error", "moderation_failed", { reason: answer.failure, on: moderation.onFailure });
  if (moderation.onFailure === "allow") return;
  throw new ProblemError("moderation_unavailable", "The operator's moderation does not answer.", {
    cause: answer.failure,
  });
}

/** Another endpoint's verdicts, and those from before a purge, are not asked about. */
const keyOf = ({ record, purgedAt }: Order, { url }: ModerationEndpoint) =>
  verdictKey(url, record.contentHash, purgedAt);

function obey(verdict: Verdict): void {
  if (verdict.allow) return;
  const detail = verdict.reason
    ? `The operator says: ${verdict.reason}.`
    : "The operator refuses this picture.";
  throw new ProblemError("picture_refused", detail.replace(/\.\.$/, "."));
}
