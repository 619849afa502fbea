import { MAX_SOURCE_LENGTH } from "../source.ts";
import { createRoute, problems, z } from "./common.ts";

/** An image URL's own problems. */
const REFUSALS = [
  ...(["invalid_options", "unknown_option", "duplicate_option", "invalid_option", "missing_style"] as const),
  ...(["unknown_preset", "presets_only", "unknown_style", "unknown_version", "invalid_source"] as const),
  ...(["signature_required", "invalid_signature", "signature_expired"] as const),
  ...(["source_not_allowed", "source_refused", "source_not_found", "source_too_large"] as const),
  ...(["source_status", "source_unreachable", "source_timeout", "request_loop", "upload_not_found"] as const),
  ...(["picture_refused", "too_many_pixels", "unsupported_format", "corrupt_picture"] as const),
  ...(["picture_too_small", "nobody_found", "range_not_satisfiable"] as const),
  ...(["inference_failed", "inference_unavailable", "inference_timeout"] as const),
  ...(["moderation_unavailable", "storage_unavailable"] as const),
  ...(["quota_exceeded", "style_not_allowed"] as const), // of who sends a key
];

const text = { schema: { type: "string" as const } };
const picture = { "image/*": { schema: { type: "string" as const, format: "binary" } } };
const headers = {
  ETag: { ...text, description: "Of the picture: it is another one when the photo or the network is." },
  "Cache-Control": text,
  "Server-Timing": { ...text, description: "What took how long." },
  "Stylegate-Engine": {
    ...text,
    description:
      "`edge` where no endpoint drew, but the small network at the edge: the picture is replaced once one does.",
  },
  "Stylegate-Faces": { ...text, description: "Faces found in the photo, or `unknown`." },
};

/**
 * Described, and never mounted as it stands here: the Worker reads an image URL as it is on the wire, since a source has slashes and a
 * query of its own.
 */
export const getImage = createRoute({
  operationId: "getImage",
  method: "get",
  path: "/image/{options}/{source}",
  tags: ["Images"],
  summary: "Get a picture of a photo by its URL",
  description:
    "For an `<img>`: drawn when it is first asked for, then cached. [/docs/options](/docs/options) has all options. Where `GET /v1/styles` says `signed`, the URL must be; where it says `keys` alone, a key or a token does in place of a signature, and the picture is taken from its month.",
  security: [{}, { bearer: ["transform"] }],
  request: {
    params: z.object({
      options: z.string().min(1).max(512).openapi({
        description: "`key=value` pairs separated by commas; `style` must be one of them, or of the preset.",
        example: "style=handdrawn,width=640,format=webp",
      }),
      source: z.string().min(1).max(MAX_SOURCE_LENGTH).openapi({
        description:
          "`upload:{id}`, an absolute http(s) URL, or `r2:{bucket}/{key}`; as it is, slashes and query included, or percent-encoded as a whole.",
        example: "upload:9fGk2mVx4Qb7TzLr0WcYhA",
      }),
    }),
    headers: z.object({
      Accept: z
        .string()
        .optional()
        .openapi({ description: "Of `format=auto`: decides between WebP, AVIF, JPEG and PNG." }),
      "If-None-Match": z.string().optional(),
      Range: z.string().optional().openapi({ example: "bytes=0-1023" }),
    }),
  },
  responses: {
    200: {
      description: "The picture; with `format=json` what is known of it.",
      headers,
      content: { ...picture, "application/json": { schema: {} } },
    },
    206: { description: "The bytes that `Range` names.", headers, content: picture },
    302: { description: "With `onerror=redirect`, in place of a problem: the photo itself." },
    304: { description: "It is what `If-None-Match` names." },
    ...problems(REFUSALS),
  },
});
