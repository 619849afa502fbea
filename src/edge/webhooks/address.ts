import type { Failure } from "../../contract/problem.ts";
import { isAdmitted, isNamedWithPort, type SourcePolicy, whyNot } from "../source/source-policy.ts";

/** Whose lists a webhook's address must be on: the operator's `ALLOWED_WEBHOOKS`, and the key's own, where it has one. */
export type WebhookPolicies = { operator: SourcePolicy; key?: SourcePolicy | undefined };

/**
 * Whether a webhook may be sent to an address, by the grammar and the rules of sources. What it tells is about somebody's photo, so it goes
 * over https, but for places that the operator names with their port: `localhost:3000`, `hooks.internal:80`.
 *
 * Asked when a stylization is, and again before each attempt.
 */
export function checkWebhook(
  address: string,
  { operator, key }: WebhookPolicies,
): { ok: true; url: URL } | Failure {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol)) return refused("it is no http or https URL");
  if (url.username !== "" || url.password !== "") return refused("a URL must not carry a password");
  const { host } = url;
  if (operator.length === 0) return refused("ALLOWED_WEBHOOKS names no host", host);
  if (!isAdmitted(url, operator)) return refused(whyNot(url, operator, "ALLOWED_WEBHOOKS"), host);
  if (key && !isAdmitted(url, key)) return refused(whyNot(url, key, "the key's list"), host);
  if (url.protocol === "http:" && !isNamedWithPort(url, operator)) {
    return refused("they go over https, except to a host that ALLOWED_WEBHOOKS names with its port", host);
  }
  return { ok: true, url };
}

const refused = (why: string, host = ""): Failure => ({
  ok: false,
  code: "webhook_not_allowed",
  detail: `Webhooks are not sent ${host === "" ? "there" : `to ${host.slice(0, 100)}`}: ${why}.`,
});
