import { DurableObject } from "cloudflare:workers";
import type { WebhookEvent } from "../../contract/api/webhooks.ts";

/** What is to be told. */
export type Announcement = {
  /** The stylization's id. */
  stylization: string;
  url: string;
  event: WebhookEvent;
};

/** A key's webhooks: its secret, and what is to be delivered. Named by the key's id (`Principal.owner`). */
export class Webhooks extends DurableObject {
  /** Takes over that the endpoint is told; the same stylization and type twice are one. */
  async announce(_announcement: Announcement): Promise<void> {}

  async hasSecret(): Promise<boolean> {
    return false;
  }

  /** Forgets what was, or is still to be, told of these stylizations. */
  async forget(_stylizations: readonly string[]): Promise<void> {}
}
