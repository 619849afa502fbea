import { MAX_PICTURE_BYTES } from "../picture-size.ts";
import { body, createRoute, Id, json, needs, problems, Sha256, Time, Url, User, z } from "./common.ts";
import { links } from "./links.ts";
import { exactly, matching } from "./takes.ts";
import { binary, REFUSALS, Upload } from "./uploads.ts";

const tags = ["Uploads"];

const one = { params: z.object({ id: Id }) };

const DirectUploadRequest = exactly({
  bytes: z.int().min(1).max(MAX_PICTURE_BYTES),
  sha256: Sha256.optional().openapi({ description: "Where it is given, the storage takes nothing else." }),
  user: User.optional(),
}).openapi("DirectUploadRequest");

export const DirectUpload = z
  .object({
    id: Id,
    method: z.literal("PUT"),
    url: Url.openapi({ description: "Where the photo goes: the storage itself, or this service." }),
    headers: z
      .record(z.string(), z.string())
      .openapi({ description: "To be sent exactly so; they are part of the signature." }),
    complete: z.string().openapi({
      description: "To be POSTed to when the photo is there.",
      example: "/v1/uploads/9fGk2mVx4Qb7TzLr0WcYhA/complete",
    }),
    expiresAt: Time,
  })
  .openapi("DirectUpload");
export type DirectUpload = z.infer<typeof DirectUpload>;

export const createDirectUpload = createRoute({
  operationId: "createDirectUpload",
  method: "post",
  path: "/v1/uploads/direct",
  tags,
  summary: "Get a URL to put a photo to",
  description:
    "For clients that shall not send photos through the service: a presigned PUT into R2 where its credentials are set, else a signed one to this service. A back end can hand it to its app. What is not completed is deleted.",
  security: needs("upload"),
  request: { body: body(DirectUploadRequest) },
  responses: {
    201: {
      description: "Where to put it.",
      content: json(DirectUpload),
      links: links(["completeDirectUpload"]),
    },
    ...problems([
      "invalid_request",
      "unsupported_media_type",
      "body_too_large",
      "too_much_under_way",
      "storage_unavailable",
      "origin_not_allowed",
    ]),
  },
});

export const putDirectUpload = createRoute({
  operationId: "putDirectUpload",
  method: "put",
  path: "/v1/uploads/{id}/content",
  tags,
  summary: "Put a photo to a signed URL of this service",
  description: "The `url` of `POST /v1/uploads/direct`; the signature in it is the permission.",
  security: [],
  request: {
    ...one,
    query: z.object({
      bytes: matching(/^[1-9]\d{0,8}$/, "a number of bytes"),
      sha256: Sha256.optional(),
      exp: matching(/^\d{1,10}$/, "seconds since 1970"),
      sig: matching(/^[A-Za-z0-9_-]{43}$/, "the signature as it was given out"),
    }),
    body: { required: true, content: { "image/*": binary, "application/octet-stream": binary } },
  },
  responses: {
    204: { description: "It is there; now complete it." },
    ...problems(
      [
        "invalid_request",
        "invalid_signature",
        "signature_expired",
        "digest_mismatch",
        "picture_too_large",
        "upload_timeout",
        "corrupt_picture",
        "unsupported_format",
        "storage_unavailable",
        "origin_not_allowed",
      ],
      true,
    ),
  },
});

export const completeDirectUpload = createRoute({
  operationId: "completeDirectUpload",
  method: "post",
  path: "/v1/uploads/{id}/complete",
  tags,
  summary: "Make what was put an upload",
  description: "Looks at the photo, and keeps or refuses it. May be repeated.",
  security: needs("upload"),
  request: one,
  responses: {
    201: {
      description: "The photo is stored.",
      content: json(Upload),
      headers: { Location: { schema: { type: "string" }, description: "The upload." } },
    },
    ...problems([...REFUSALS, "upload_not_found", "upload_incomplete", "origin_not_allowed"]),
  },
});
