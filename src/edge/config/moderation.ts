import type { ModerationEndpoint } from "../moderation/client.ts";
import type { Environment } from "./environment.ts";

export type ModerationConfig = Omit<ModerationEndpoint, "fetch">;

/** @returns undefined where every picture may be drawn */
export function readModeration(env: Environment): ModerationConfig | undefined {
  const settings = {
    secret: env.secret("MODERATION_SECRET", 1),
    timeout: env.whole("MODERATION_TIMEOUT", 5, 1, 60) * 1000,
    onFailure: env.choice("MODERATION_FAILURE", ["refuse", "allow"]),
  };
  if (env.text("MODERATION_URL") === "") return undefined;
  const url = URL.parse(env.text("MODERATION_URL"));
  if (url && /^https?:$/.test(url.protocol)) return { url: url.href, ...settings };
  env.complain("MODERATION_URL must be an http or https URL.");
  return undefined;
}
