import type { WebhookEvent } from "../../contract/api/webhooks.ts";

/** What is to be told. */
export type Announcement = {
  /** The stylization's id. */
  stylization: string;
  url: string;
  event: WebhookEvent;
};
