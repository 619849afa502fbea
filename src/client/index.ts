/** The typed client of a stylegate service; docs/client.md. */
export { dataOf, StylegateError } from "./error.ts";
export { hasEnded } from "./events.ts";
export type { components, operations, paths } from "./schema.ts";
export {
  createStylegate,
  type Photo,
  type Stylegate,
  type StylizeOptions,
  type UploadOptions,
} from "./stylegate.ts";
export type { TransportOptions as StylegateOptions } from "./transport.ts";
export type * from "./types.ts";
export {
  verifyWebhook,
  type WebhookHeaders,
  type WebhookOptions,
  type WebhookRefusal,
  WebhookVerificationError,
} from "./webhook.ts";
