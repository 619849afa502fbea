import type { Context } from "hono";
import type { App } from "../bindings.ts";

/** What RFC 6750 has a server say about a request that lacks the right credentials. */
type Challenge = {
  error?: "invalid_request" | "invalid_token" | "insufficient_scope";
  error_description?: string;
  scope?: string;
};

/** Puts it on the answer to come, whichever that is. */
export function challenge(c: Context<App>, parameters: Challenge = {}): void {
  const told = Object.entries({ realm: "stylegate", ...parameters });
  c.res.headers.set(
    "WWW-Authenticate",
    `Bearer ${told.map(([name, value]) => `${name}="${value}"`).join(", ")}`,
  );
}
