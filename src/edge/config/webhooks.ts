import { parseSourcePolicy, type SourcePolicy } from "../source/source-policy.ts";
import type { Environment } from "./environment.ts";

/** Where webhooks may be sent. Read anew by whoever sends one: the operator may have changed it since it was asked for. */
export const readWebhookPolicy = (env: Environment): SourcePolicy =>
  env.parsed("ALLOWED_WEBHOOKS", parseSourcePolicy) ?? [];
