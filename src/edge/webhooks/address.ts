import type { Failure } from "../../contract/problem.ts";
import type { SourcePolicy } from "../source/source-policy.ts";

/** Whose lists a webhook's address must be on. */
export type WebhookPolicies = { operator: SourcePolicy; key?: SourcePolicy | undefined };

/** Whether a webhook may be sent to an address. */
export function checkWebhook(address: string, _policies: WebhookPolicies): { ok: true; url: URL } | Failure {
  return { ok: true, url: new URL(address) };
}
