import type { Bindings } from "../bindings.ts";
import { parseConfig } from "../config.ts";
import { log } from "../telemetry/log.ts";
import { draw } from "./draw.ts";
import type { JobMessage } from "./message.ts";

/** Seconds until a message is delivered again whose stylization could not be asked. */
const RETRY_DELAY = 10;

/**
 * Takes messages that a stylization may have work to do. Each is done with as soon as its stylization was asked: one that is claimed by somebody,
 * pauses or is over has nothing to draw, and sends another message when it has.
 */
export async function queue(
  batch: MessageBatch<JobMessage>,
  env: Bindings,
  ctx: ExecutionContext,
): Promise<void> {
  const parsed = parseConfig(env);
  for (const message of batch.messages) {
    try {
      if (!parsed.ok) throw new Error(parsed.complaints.join(" "));
      const claim = await env.JOBS.getByName(message.body.job).claim();
      const waitUntil = (work: Promise<unknown>) => ctx.waitUntil(work);
      if (claim) await draw(claim, { env, config: parsed.config, waitUntil, awaitedUntil: 0 });
      message.ack();
    } catch (error) {
      log("error", "job_failed", { job: message.body.job, error: String(error) });
      message.retry({ delaySeconds: RETRY_DELAY });
    }
  }
}
