import type { Bindings } from "./bindings.ts";
import { parseConfig } from "./config.ts";
import { eraserFor } from "./erasure/erase.ts";
import { deleteExpired } from "./erasure/expiry.ts";

/** What wrangler.toml's cron trigger has done, every ten minutes. Where it fails, the next time does it. */
export async function scheduled(_controller: ScheduledController, env: Bindings): Promise<void> {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    console.error(JSON.stringify({ event: "misconfigured", complaints: parsed.complaints }));
    return;
  }
  const uploads = await deleteExpired(eraserFor(env, parsed.config));
  if (uploads > 0) console.log(JSON.stringify({ event: "expired", uploads }));
}
