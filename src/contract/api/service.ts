import { MOST_PURGED } from "../purge.ts";
import { MAX_SOURCE_LENGTH } from "../source.ts";
import { TAG } from "../tag.ts";
import { createRoute, json, needs, problems, z } from "./common.ts";

const tags = ["Service"];

/**
 * Why an endpoint cannot draw with a model: nothing answers there, or not in time; it does not let the Worker in (`INFERENCE_CREDENTIALS`), or it has not, or
 * not yet, loaded the model. A word for anybody to read: no status, and nothing of what the endpoint wrote.
 */
const UNREADY = ["unreachable", "timeout", "unauthorized", "missing"] as const;
export type Unready = (typeof UNREADY)[number];

export const listStyles = createRoute({
  operationId: "listStyles",
  method: "get",
  path: "/v1/styles",
  tags,
  summary: "List the styles",
  description: "What there is to choose from, its licence, and what image URLs must be like.",
  security: [],
  responses: {
    200: {
      description: "Styles and their cards.",
      content: json(
        z
          .object({
            styles: z.array(
              z.looseObject({
                id: z.string(),
                name: z.string(),
                description: z.string(),
                version: z.string(),
                commercialUse: z.boolean(),
                attribution: z.string(),
                licence: z.looseObject({ name: z.string(), url: z.string() }),
              }),
            ),
            sources: z
              .enum(["none", "listed", "any"])
              .openapi({ description: "From where pictures are fetched." }),
            presets: z.array(z.object({ name: z.string(), options: z.string() })),
            presetsOnly: z.boolean(),
            signed: z.boolean().openapi({ description: "Image URLs must be, and no key does instead." }),
            keys: z.boolean().openapi({
              description:
                "Whoever does anything needs a key, or a token; for an image URL, a signature will do.",
            }),
          })
          .openapi("Styles"),
      ),
    },
    ...problems([], true),
  },
});

export const purge = createRoute({
  operationId: "purge",
  method: "post",
  path: "/v1/purge",
  tags,
  summary: "Have pictures made anew",
  description: `${MOST_PURGED} sources, styles and tags at most. Nothing that was uploaded is deleted.`,
  security: needs("admin"),
  request: {
    body: {
      required: true,
      content: json(
        z
          .strictObject({
            sources: z.array(z.string().min(1).max(MAX_SOURCE_LENGTH)).max(MOST_PURGED).optional(),
            styles: z.array(z.string().min(1).max(64)).max(MOST_PURGED).optional(),
            tags: z.array(z.string().regex(TAG)).max(MOST_PURGED).optional(),
          })
          .openapi("Purge"),
      ),
    },
  },
  responses: {
    200: {
      description: "They are purged.",
      content: json(
        z
          .object({
            purged: z.int(),
            at: z.string(),
            everywhereWithin: z.int().openapi({ description: "Seconds." }),
          })
          .openapi("Purged"),
      ),
    },
    ...problems(["invalid_purge", "storage_unavailable"]),
  },
});

export const isAlive = createRoute({
  operationId: "isAlive",
  method: "get",
  path: "/healthz",
  tags,
  summary: "Ask whether the service runs",
  security: [],
  responses: { 200: { description: "It does.", content: json(z.object({ status: z.literal("alive") })) } },
});

export const isReady = createRoute({
  operationId: "isReady",
  method: "get",
  path: "/readyz",
  tags,
  summary: "Ask whether pictures can be made",
  security: [],
  responses: {
    200: {
      description: "They can.",
      content: json(
        z
          .object({
            status: z.enum(["ready", "degraded"]).openapi({
              description:
                "`degraded`: an endpoint cannot draw every style now, but another can draw each; the edge perhaps, which draws smaller.",
            }),
            engines: z
              .array(
                z.object({
                  name: z.string(),
                  state: z.enum(["ready", "away", "unasked"]),
                  reason: z.enum(UNREADY).optional().openapi({
                    description:
                      "Of who is `away`: nothing answers there, or not in time; it does not let the service in; or the network is not loaded.",
                  }),
                  missing: z
                    .array(z.string())
                    .optional()
                    .openapi({ description: "The styles that it cannot draw." }),
                }),
              )
              .openapi({
                description:
                  "Who draws, in the order in which they are asked. `unasked`: those before it can draw all that there is.",
              }),
          })
          .openapi("Readiness"),
      ),
    },
    ...problems(["not_ready"], true),
  },
});

export const getDocument = createRoute({
  operationId: "getDocument",
  method: "get",
  path: "/openapi.json",
  tags,
  summary: "Get this description of the API",
  security: [],
  request: { headers: z.object({ "If-None-Match": z.string().optional() }) },
  responses: {
    200: {
      description: "OpenAPI 3.1.",
      content: json(z.looseObject({ openapi: z.string() })),
      headers: { ETag: { schema: { type: "string" } } },
    },
    304: { description: "It is what `If-None-Match` names." },
    ...problems([], true),
  },
});
