import { MAX_SOURCE_LENGTH } from "../source.ts";
import { createRoute, Id, json, needs, problems, Sha256, Time, User, z } from "./common.ts";
import { Erasure } from "./erasure.ts";
import { links } from "./links.ts";
import { exactly } from "./takes.ts";

const tags = ["Uploads"];

export const Upload = z
  .object({
    id: Id,
    width: z.int().openapi({ description: "Pixels, upright." }),
    height: z.int(),
    format: z.string().openapi({ example: "jpeg" }),
    bytes: z.int().openapi({ description: "Of what was sent." }),
    sha256: Sha256.openapi({ description: "SHA-256 of what was sent, hexadecimal." }),
    user: User.optional(),
    createdAt: Time,
    expiresAt: Time.optional().openapi({
      description: "When it is deleted (`UPLOAD_TTL`); never, where there is none.",
    }),
    image: z.string().optional().openapi({
      description: "An image URL of it, where those need no signature.",
      example: "/image/style=engraving/upload:9fGk2mVx4Qb7TzLr0WcYhA",
    }),
  })
  .openapi("Upload");
export type Upload = z.infer<typeof Upload>;

const digest = z.string().max(1000).optional().openapi({
  description: "RFC 9530, `sha-256=:…:`: what does not have it is refused, and nothing is stored.",
  example: "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
});

/** A picture that the service fetches itself. */
export const UploadFrom = exactly({
  source: z
    .string()
    .min(1)
    .max(MAX_SOURCE_LENGTH)
    .openapi({ description: "An http(s) URL that may be fetched, or `r2:{bucket}/{key}`." }),
  user: User.optional(),
}).openapi("UploadFrom");

/** A photo in a form. */
export const UploadForm = exactly({
  file: z.string().openapi({ format: "binary" }),
  user: User.optional(),
}).openapi("UploadForm");

/** Why a photo becomes no upload, whichever way it comes. */
export const REFUSALS = [
  "invalid_request",
  "unsupported_media_type",
  "unsupported_format",
  "corrupt_picture",
  "picture_too_large",
  "picture_too_small",
  "too_many_pixels",
  "digest_mismatch",
  "upload_timeout",
  "storage_unavailable",
] as const;

/** A body of bytes. */
export const binary = { schema: { type: "string" as const, format: "binary" } };

export const createUpload = createRoute({
  operationId: "createUpload",
  method: "post",
  path: "/v1/uploads",
  tags,
  summary: "Upload a photo",
  description:
    "Its bytes as the body, whatever the content type; or a form with the field `file`; or JSON with a `source` that the service fetches. What is answered with 201 is stored; of what is not, nothing is.",
  security: needs("upload"),
  request: {
    query: z.object({ user: User.optional().openapi({ description: "Of bytes as the body." }) }),
    headers: z.object({ "Repr-Digest": digest, "Content-Digest": digest }),
    body: {
      required: true,
      content: {
        "image/*": binary,
        "application/octet-stream": binary,
        "multipart/form-data": { schema: UploadForm },
        "application/json": { schema: UploadFrom },
      },
    },
  },
  responses: {
    201: {
      description: "The photo is stored.",
      content: json(Upload),
      headers: { Location: { schema: { type: "string" }, description: "The upload." } },
      links: links(["getUpload", "deleteUpload"]),
    },
    ...problems([
      ...REFUSALS,
      "body_too_large",
      "origin_not_allowed",
      "invalid_source",
      "source_not_allowed",
      "source_refused",
      "source_not_found",
      "source_too_large",
      "source_status",
      "source_unreachable",
      "source_timeout",
    ]),
  },
});

const one = { params: z.object({ id: Id }) };

export const getUpload = createRoute({
  operationId: "getUpload",
  method: "get",
  path: "/v1/uploads/{id}",
  tags,
  summary: "Look at an upload",
  security: needs("upload"),
  request: one,
  responses: {
    200: { description: "What is known of it.", content: json(Upload) },
    ...problems(["invalid_request", "upload_not_found", "storage_unavailable"]),
  },
});

export const deleteUpload = createRoute({
  operationId: "deleteUpload",
  method: "delete",
  path: "/v1/uploads/{id}",
  tags,
  summary: "Delete an upload and all that was made of it",
  security: needs("upload"),
  request: one,
  responses: {
    200: { description: "What was deleted.", content: json(Erasure) },
    ...problems(["invalid_request", "upload_not_found", "storage_unavailable", "origin_not_allowed"]),
  },
});
