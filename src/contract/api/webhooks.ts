import { body, createRoute, GivenTime, Id, json, keysOnly, problems, Time, Url, z } from "./common.ts";
import { Stylization } from "./stylizations.ts";
import { matching } from "./takes.ts";

const tags = ["Webhooks"];

const WEBHOOK_TYPES = ["stylization.succeeded", "stylization.failed", "stylization.canceled"] as const;

/** The body of a webhook, after Standard Webhooks (https://www.standardwebhooks.com). */
export const WebhookEvent = z
  .object({ type: z.enum(WEBHOOK_TYPES), timestamp: Time, data: Stylization })
  .openapi("WebhookEvent");
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** What an application answers, not this service: OpenAPI has such a thing as a webhook. */
export const sentWebhook = {
  operationId: "stylizationEnded",
  method: "post" as const,
  path: "stylizationEnded",
  tags,
  summary: "Be told that a stylization has ended",
  description:
    "Sent to the stylization's `webhook`, and again for a day until it is answered with 2xx. Verify it before you believe it: the client's `verifyWebhook` does.",
  security: [],
  request: {
    headers: z.object({
      "webhook-id": z
        .string()
        .openapi({ description: "The same in each attempt: ignore one that you know." }),
      "webhook-timestamp": z.string().openapi({ description: "Seconds since 1970, of this attempt." }),
      "webhook-signature": z.string().openapi({
        description:
          "`v1,` and HMAC-SHA256 over id, timestamp and body; one for each valid secret, separated by spaces.",
      }),
    }),
    body: body(WebhookEvent),
  },
  responses: { "2XX": { description: "It has arrived." } },
};

export const WebhookSecret = z
  .object({
    secret: z.string().openapi({
      description: "Shown this once: what `verifyWebhook` takes.",
      example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }),
    previousUntil: Time.optional().openapi({
      description: "Until then the secret before it signs too, beside the new one.",
    }),
  })
  .openapi("WebhookSecret");

export const createWebhookSecret = createRoute({
  operationId: "createWebhookSecret",
  method: "post",
  path: "/v1/webhooks/secret",
  tags,
  summary: "Make a new secret to verify webhooks with",
  description:
    "One for each key; a token makes none. The one before signs too, for a day, so that receivers can be changed one by one.",
  ...keysOnly(["transform"]),
  responses: {
    201: { description: "The secret.", content: json(WebhookSecret) },
    ...problems(["storage_unavailable", "origin_not_allowed"]),
  },
});

export const DELIVERY_STATES = ["pending", "delivered", "dead"] as const;

export const Delivery = z
  .object({
    id: z.string().openapi({
      description: "`webhook-id`, the same in each attempt.",
      example: "msg_9fGk2mVx4Qb7TzLr0WcYhA",
    }),
    state: z.enum(DELIVERY_STATES).openapi({
      description:
        "`dead`: it could not be delivered for a day, the endpoint answered 410, or the key is revoked or may not send there any more.",
    }),
    type: z.enum(WEBHOOK_TYPES),
    url: Url,
    stylization: Id,
    attempts: z.int(),
    lastStatus: z.int().optional().openapi({ description: "The endpoint's, where it answered." }),
    lastError: z.string().optional(),
    createdAt: Time,
    nextAttemptAt: Time.optional(),
    deliveredAt: Time.optional(),
  })
  .openapi("Delivery");
export type Delivery = z.infer<typeof Delivery>;

export const listDeliveries = createRoute({
  operationId: "listDeliveries",
  method: "get",
  path: "/v1/webhooks/deliveries",
  tags,
  summary: "See what became of webhooks",
  description:
    "The newest first, a hundred at most. The dead ones are the dead-letter list; they are kept for a month, or until their stylization is deleted or expires.",
  ...keysOnly(["transform"]),
  request: {
    query: z.object({
      state: z.enum(DELIVERY_STATES).optional(),
      before: GivenTime.optional().openapi({ description: "Those created before: the next page." }),
    }),
  },
  responses: {
    200: {
      description: "Deliveries.",
      content: json(z.object({ deliveries: z.array(Delivery) })),
    },
    ...problems(["invalid_request", "storage_unavailable"]),
  },
});

export const replayDelivery = createRoute({
  operationId: "replayDelivery",
  method: "post",
  path: "/v1/webhooks/deliveries/{id}/replay",
  tags,
  summary: "Deliver a webhook again",
  description: "With the same id, at once, and again for a day where that fails.",
  ...keysOnly(["transform"]),
  request: {
    params: z.object({
      id: matching(/^msg_[A-Za-z0-9_-]{22}$/, "the id of a delivery, which begins with msg_"),
    }),
  },
  responses: {
    202: { description: "It is on its way.", content: json(Delivery) },
    ...problems(["invalid_request", "delivery_not_found", "storage_unavailable", "origin_not_allowed"]),
  },
});
