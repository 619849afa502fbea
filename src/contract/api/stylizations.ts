import { MAX_SOURCE_LENGTH } from "../source.ts";
import { DEFAULTS, FACES, FITS, METADATA } from "../transform/fields.ts";
import { MAX_SIDE } from "../transform.ts";
import { createRoute, Id, json, needs, Problem, problems, Sha256, Time, Url, User, z } from "./common.ts";
import { links } from "./links.ts";
import { between, exactly, matching, whole } from "./takes.ts";

const tags = ["Stylizations"];

const side = whole(1, MAX_SIDE).openapi({ description: "Pixels." });
const COLOUR = "#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})";

/** Of an answer's formats those that are a picture, or what is known of it. */
export const OUTPUT_FORMATS = ["jpeg", "webp", "avif", "png", "json"] as const;

/** The options of an image URL, as JSON. Names, ranges and defaults are those of docs/options.md. */
export const OutputRequest = exactly({
  style: matching(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "the id of a style, of GET /v1/styles").openapi({
    description: "An id of `GET /v1/styles`.",
    example: "toon",
  }),
  format: z.enum(OUTPUT_FORMATS).default("jpeg"),
  width: side.optional(),
  height: side.optional(),
  dpr: between(1, 4).optional().openapi({ description: "Rounded to hundredths." }),
  fit: z.enum(FITS).default(DEFAULTS.fit),
  gravity: matching(
    /^(?:auto|face|left|right|top|bottom|center|(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?)x(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?))$/,
    "auto, face, left, right, top, bottom, center, or a point such as 0.5x0.33",
  )
    .optional()
    .openapi({ example: "face" }),
  background: matching(new RegExp(`^${COLOUR}$`), "a colour such as #ffffff")
    .optional()
    .openapi({ example: "#ffffff" }),
  quality: whole(1, 100).default(DEFAULTS.quality),
  strength: between(0, 1).default(DEFAULTS.strength).openapi({ description: "Rounded to hundredths." }),
  faces: z.enum(FACES).default(DEFAULTS.faces),
  backdrop: matching(
    new RegExp(`^(?:stylize|keep|blur|transparent|${COLOUR})$`),
    "stylize, keep, blur, transparent, or a colour such as #ffffff",
  ).default(DEFAULTS.backdrop),
  metadata: z.enum(METADATA).default(DEFAULTS.metadata),
  version: matching(/^[0-9a-f]{8,64}$/, "a version of GET /v1/styles: 8–64 hexadecimal digits")
    .optional()
    .openapi({ description: "Pins the style's network; `GET /v1/styles` tells the versions." }),
}).openapi("OutputRequest", {
  description: "The options of an image URL: [/docs/options](/docs/options) has their meaning and limits.",
});
export type OutputRequest = z.infer<typeof OutputRequest>;

/** Outputs of one stylization at most. */
const MOST_OUTPUTS = 16;

const Labels = z
  .record(matching(/^[\w.-]{1,40}$/, "names of 1–40 letters, digits, . _ and -"), z.string().max(500))
  .refine((labels) => Object.keys(labels).length <= 16, "takes 16 labels at most")
  .openapi({
    description:
      "Up to 16 texts of the caller's own, given back with the stylization and in its webhooks. Their names have letters, digits, `.`, `_` and `-`, 40 at most.",
    example: { order: "77" },
    maxProperties: 16,
  });

export const StylizationRequest = exactly({
  source: z.string().min(1).max(MAX_SOURCE_LENGTH).openapi({
    description: "`upload:{id}`, an absolute http(s) URL that may be fetched, or `r2:{bucket}/{key}`.",
    example: "upload:9fGk2mVx4Qb7TzLr0WcYhA",
  }),
  outputs: z.array(OutputRequest).min(1).max(MOST_OUTPUTS).openapi({
    description: "The pictures to make of it. Those of one style share one run of the network.",
  }),
  webhook: Url.optional().openapi({
    description: "Is told, signed, when the stylization has ended. The key's webhook secret signs it.",
  }),
  user: User.optional(),
  labels: Labels.optional(),
}).openapi("StylizationRequest");
export type StylizationRequest = z.infer<typeof StylizationRequest>;

const STATUSES = ["queued", "running", "succeeded", "failed", "canceled"] as const;
const Status = z.enum(STATUSES).openapi("StylizationStatus", {
  description:
    "`failed`: at least one output could not be made; those that could are there. The last three are final.",
});
export type Status = z.infer<typeof Status>;

export const Output = z
  .object({
    index: z
      .int()
      .min(0)
      .max(MOST_OUTPUTS - 1),
    status: Status,
    request: OutputRequest,
    url: z.string().optional().openapi({
      description:
        "Path of the picture at this service, once it has succeeded. Whoever knows it can see the picture until the stylization expires or is deleted: treat it like a link.",
      example: "/v1/pictures/Jb0oGf3oT1m3V7m8n1C6fQ",
    }),
    contentType: z.string().optional(),
    bytes: z.int().optional(),
    width: z.int().optional(),
    height: z.int().optional(),
    sha256: Sha256.optional(),
    faces: z.int().optional().openapi({ description: "Found in the picture, where somebody looked." }),
    error: Problem.optional(),
  })
  .openapi("Output");
export type Output = z.infer<typeof Output>;

export const Stylization = z
  .object({
    id: Id,
    status: Status,
    source: z.string(),
    outputs: z.array(Output),
    webhook: Url.optional(),
    user: User.optional(),
    labels: Labels.optional(),
    createdAt: Time,
    startedAt: Time.optional(),
    finishedAt: Time.optional(),
    expiresAt: Time.openapi({ description: "When it, and its pictures, are deleted (`STYLIZATION_TTL`)." }),
  })
  .openapi("Stylization");
export type Stylization = z.infer<typeof Stylization>;

/** Steps of an output that mean something to whoever waits for it; each is told as it begins, and not again before another. */
export const PROGRESS = [
  "source",
  "decode",
  "moderate",
  "detect",
  "segment",
  "infer",
  "compose",
  "encode",
] as const;
export type Progress = (typeof PROGRESS)[number];

/** What `GET …/events` streams, as the `data` of server-sent events whose `event` is `type`. */
export const StylizationEvent = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("status"), stylization: Stylization }),
    z.object({
      type: z.literal("progress"),
      output: z.int(),
      step: z.enum(PROGRESS).openapi({
        description:
          "What begins: the photo is fetched (`source`), read (`decode`), checked (`moderate`); faces are found in it (`detect`), and people (`segment`); it is drawn (`infer`), put together (`compose`), and made a file (`encode`). Steps that are not needed are left out; there may be more in time.",
        example: "infer",
      }),
    }),
    z.object({ type: z.literal("output"), output: Output }),
  ])
  .openapi("StylizationEvent");
export type StylizationEvent = z.infer<typeof StylizationEvent>;

/** An event as it is streamed: its data is JSON in a text. */
const streamed = {
  type: "object" as const,
  required: ["id", "event", "data"],
  properties: {
    id: { type: "string" as const },
    event: { type: "string" as const, enum: ["status", "progress", "output"] },
    data: {
      type: "string" as const,
      contentMediaType: "application/json",
      contentSchema: { $ref: "#/components/schemas/StylizationEvent" },
    },
  },
};

const idempotency = matching(/^[\x21-\x7e]{1,255}$/, "1–255 visible ASCII characters, without spaces")
  .optional()
  .openapi({
    description:
      "A name for this request, best a random UUID. The same request with the same name is answered with what the first made; another one with it, with 422; while the first is under way, with 202, or with 409 where its sender still waits for the answer. Names are forgotten when the stylization expires.",
  });

const prefer = z.string().max(200).optional().openapi({
  description:
    "RFC 7240: `respond-async` answers 202 at once; `wait=10` waits ten seconds at most and then answers 202. Without it the answer waits for the pictures, for `SYNC_TIMEOUT`.",
  example: "respond-async",
});

const StylizationForm = exactly({
  file: z.string().openapi({ format: "binary", description: "The photo." }),
  request: z.string().openapi({
    description: "The StylizationRequest as JSON, without `source`.",
    example: '{"outputs":[{"style":"toon"}]}',
  }),
}).openapi("StylizationForm");

const later = {
  Location: {
    schema: { type: "string" as const },
    description: "The stylization: poll it, or take its events.",
  },
  "Retry-After": { schema: { type: "integer" as const }, description: "Seconds until it is worth asking." },
};

/** Where the answer is the one picture, so are the problems that it may fail with. */
const OF_THE_ONE_PICTURE = [
  "source_refused",
  "source_not_found",
  "source_too_large",
  "source_status",
  "source_unreachable",
  "source_timeout",
  "picture_refused",
  "picture_not_found",
  "nobody_found",
  "inference_failed",
  "inference_unavailable",
  "inference_timeout",
  "moderation_unavailable",
] as const;

export const createStylization = createRoute({
  operationId: "createStylization",
  method: "post",
  path: "/v1/stylizations",
  tags,
  summary: "Make pictures of a photo",
  description:
    "Answers when they are made; with `Prefer: respond-async`, at once. A form with a photo and the request uploads and draws in one go, which takes the scope `upload` too. Where there is one output and `Accept` asks for `image/*` before JSON, the answer is the picture.",
  security: needs("transform"),
  request: {
    headers: z.object({ "Idempotency-Key": idempotency, Prefer: prefer }),
    body: {
      required: true,
      content: {
        "application/json": { schema: StylizationRequest },
        "multipart/form-data": { schema: StylizationForm },
      },
    },
  },
  responses: {
    200: {
      description: "It has ended: `status` tells how. Or the one picture.",
      content: { ...json(Stylization), "image/*": { schema: { type: "string", format: "binary" } } },
      links: links(["getStylization", "deleteStylization", "streamStylization"]),
    },
    202: {
      description: "It is under way.",
      content: json(Stylization),
      headers: later,
      links: links(["getStylization", "deleteStylization", "streamStylization"]),
    },
    ...problems([
      "invalid_request",
      "invalid_option",
      "invalid_source",
      "unknown_style",
      "unknown_version",
      "source_not_allowed",
      "style_not_allowed",
      "webhook_not_allowed",
      "origin_not_allowed",
      "upload_not_found",
      "idempotency_conflict",
      "idempotency_mismatch",
      "webhook_secret_missing",
      "body_too_large",
      "picture_too_large",
      "too_many_pixels",
      "unsupported_media_type",
      "unsupported_format",
      "corrupt_picture",
      "picture_too_small",
      "quota_exceeded",
      "too_much_under_way",
      "storage_unavailable",
      "upload_timeout",
      ...OF_THE_ONE_PICTURE,
    ]),
  },
});

const one = { params: z.object({ id: Id }) };

export const getStylization = createRoute({
  operationId: "getStylization",
  method: "get",
  path: "/v1/stylizations/{id}",
  tags,
  summary: "Look at a stylization",
  description: "While it is under way, `Retry-After` says when to ask again.",
  security: needs("transform"),
  request: one,
  responses: {
    200: { description: "The stylization.", content: json(Stylization) },
    ...problems(["invalid_request", "stylization_not_found", "storage_unavailable"]),
  },
});

export const streamStylization = createRoute({
  operationId: "streamStylization",
  method: "get",
  path: "/v1/stylizations/{id}/events",
  tags,
  summary: "Follow a stylization",
  description:
    "Server-sent events until it has ended; `Last-Event-ID` goes on after a broken connection. The first event is its `status`, and so is the last.",
  security: needs("transform"),
  request: {
    ...one,
    headers: z.object({
      "Last-Event-ID": matching(/^\d{1,9}$/, "the number of an event").optional(),
    }),
  },
  responses: {
    200: {
      description: "Events, each with a `StylizationEvent` as its data.",
      content: { "text/event-stream": { schema: streamed } },
    },
    204: {
      description: "It has ended, and `Last-Event-ID` is its last event: there is nothing more to come.",
    },
    ...problems(["invalid_request", "stylization_not_found", "storage_unavailable"]),
  },
});

export const deleteStylization = createRoute({
  operationId: "deleteStylization",
  method: "delete",
  path: "/v1/stylizations/{id}",
  tags,
  summary: "Cancel a stylization, or delete it",
  description:
    "One that is under way is canceled, and nothing more is drawn. One that has ended is deleted with its pictures.",
  security: needs("transform"),
  request: one,
  responses: {
    200: { description: "It is canceled.", content: json(Stylization) },
    204: { description: "It and its pictures are deleted." },
    ...problems(["invalid_request", "stylization_not_found", "storage_unavailable", "origin_not_allowed"]),
  },
});

export const getPicture = createRoute({
  operationId: "getPicture",
  method: "get",
  path: "/v1/pictures/{id}",
  tags,
  summary: "Get a picture of a stylization",
  description: "An output's `url`. Needs no key, so that an `<img>` can show it.",
  security: [],
  request: one,
  responses: {
    200: {
      description: "The picture, or what is known of it.",
      content: {
        "image/*": { schema: { type: "string", format: "binary" } },
        "application/json": { schema: {} },
      },
    },
    206: {
      description: "The part that `Range` names.",
      content: { "image/*": { schema: { type: "string", format: "binary" } } },
    },
    304: { description: "It is what `If-None-Match` names." },
    ...problems(
      ["invalid_request", "picture_not_found", "range_not_satisfiable", "storage_unavailable"],
      true,
    ),
  },
});
