import type { WebhookEvent } from "../../contract/api/webhooks.ts";

/** What is to be told. */
export type Announcement = {
  /** Whose it is: a key's id, unless nobody has been asked for one. */
  owner: string;
  /** The stylization's id. */
  stylization: string;
  url: string;
  event: WebhookEvent;
};
