import type { Bindings } from "./bindings.ts";
import { parseConfig } from "./config.ts";
import { deleteExpired } from "./erasure/expiry.ts";
import { kitFor } from "./kit.ts";

/** What wrangler.toml's cron trigger has done, every ten minutes. Where it fails, the next time does it. */
export async function scheduled(_controller: ScheduledController, env: Bindings): Promise<void> {
  const parsed = parseConfig(env);
  if (!parsed.ok) {
    console.error(JSON.stringify({ event: "misconfigured", complaints: parsed.complaints }));
    return;
  }
  const { config } = parsed;
  const { longest } = kitFor(env, config, () => {}).flights;
  const eraser = { env, longest, cacheMaxAgeSeconds: config.cacheMaxAgeSeconds, now: Date.now };
  const uploads = await deleteExpired(eraser);
  if (uploads > 0) console.log(JSON.stringify({ event: "expired", uploads }));
}
