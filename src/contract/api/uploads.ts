import {
  body,
  createRoute,
  Id,
  json,
  needs,
  Problem,
  problems,
  Sha256,
  Time,
  Url,
  User,
  z,
} from "./common.ts";
import { links } from "./links.ts";
import { exactly, matching } from "./takes.ts";

const tags = ["Uploads"];

/** Bytes of an upload at most: 30 MiB. */
export const MAX_UPLOAD_BYTES = 30 * 1024 * 1024;

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
    .max(4096)
    .openapi({ description: "An http(s) URL that may be fetched, or `r2:{bucket}/{key}`." }),
  user: User.optional(),
}).openapi("UploadFrom");

const UploadForm = exactly({ file: z.string().openapi({ format: "binary" }), user: User.optional() }).openapi(
  "UploadForm",
);

const REFUSALS = [
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

const binary = { schema: { type: "string" as const, format: "binary" } };

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

/** What was deleted, and what is not ours to delete. */
export const Erasure = z
  .object({
    uploads: z.int(),
    stylizations: z.int(),
    pictures: z.int().openapi({ description: "Outputs of stylizations." }),
    masters: z.int().openapi({ description: "Drawings, before size and format." }),
    variants: z.int().openapi({ description: "Drawings in a size and format." }),
    mattes: z.int(),
    erasedAt: Time,
    sweptAgainAt: Time.openapi({
      description:
        "What was being drawn while this was deleted may be stored a moment later: it is looked for once more then.",
    }),
    caches: z.string().openapi({
      description: "What cannot be reached, in a sentence: browsers, and caches outside of the service.",
    }),
  })
  .openapi("Erasure");
export type Erasure = z.infer<typeof Erasure>;

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

export const DirectUploadRequest = exactly({
  bytes: z.int().min(1).max(MAX_UPLOAD_BYTES),
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

const TUS = "1.0.0";
const tusVersion = z.literal(TUS).openapi({ description: "The version of the tus protocol." });
const offset = matching(/^\d{1,9}$/, "a number of bytes");
const tusHeaders = {
  "Tus-Resumable": { schema: { type: "string" as const }, description: TUS },
  "Upload-Offset": { schema: { type: "integer" as const }, description: "Bytes that are stored." },
  "Upload-Expires": { schema: { type: "string" as const }, description: "Until when it can be resumed." },
};

export const createResumableUpload = createRoute({
  operationId: "createResumableUpload",
  method: "post",
  path: "/v1/uploads/resumable",
  tags,
  summary: "Begin an upload that can be resumed",
  description:
    "[tus](https://tus.io/protocols/resumable-upload) 1.0.0 with creation, expiration, checksum and termination: take any of its clients. `Upload-Metadata` may have `user`, and `sha256` of the whole photo, hexadecimal.",
  security: needs("upload"),
  request: {
    headers: z.object({
      "Tus-Resumable": tusVersion,
      "Upload-Length": matching(/^[1-9]\d{0,8}$/, "a number of bytes"),
      "Upload-Metadata": z.string().max(4096).optional(),
    }),
  },
  responses: {
    201: {
      description:
        "`Location` is where the bytes go, with PATCH; its last part is the id of the upload to be.",
      headers: { ...tusHeaders, Location: { schema: { type: "string" } } },
    },
    ...problems([
      "invalid_request",
      "picture_too_large",
      "tus_version",
      "storage_unavailable",
      "origin_not_allowed",
    ]),
  },
});

export const headResumableUpload = createRoute({
  operationId: "headResumableUpload",
  method: "head",
  path: "/v1/uploads/resumable/{id}",
  tags,
  summary: "Ask how much of it is stored",
  security: needs("upload"),
  request: { ...one, headers: z.object({ "Tus-Resumable": tusVersion }) },
  responses: {
    200: { description: "`Upload-Offset` says where to go on.", headers: tusHeaders },
    ...problems(["invalid_request", "upload_not_found", "tus_version", "storage_unavailable"]),
  },
});

export const patchResumableUpload = createRoute({
  operationId: "patchResumableUpload",
  method: "patch",
  path: "/v1/uploads/resumable/{id}",
  tags,
  summary: "Send more of it",
  description:
    "What arrived of a request that broke off is kept. With the last byte the photo is looked at: the upload exists, or the answer says why not and nothing is kept.",
  security: needs("upload"),
  request: {
    ...one,
    headers: z.object({
      "Tus-Resumable": tusVersion,
      "Upload-Offset": offset,
      "Upload-Checksum": z
        .string()
        .max(100)
        .optional()
        .openapi({ example: "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }),
    }),
    body: { required: true, content: { "application/offset+octet-stream": binary } },
  },
  responses: {
    204: { description: "It is stored, up to `Upload-Offset`.", headers: tusHeaders },
    460: {
      description: "`digest_mismatch`: the part does not have the checksum (tus); nothing of it is kept.",
      content: { "application/problem+json": { schema: Problem } },
    },
    ...problems([
      ...REFUSALS,
      "upload_not_found",
      "upload_offset",
      "upload_locked",
      "tus_version",
      "origin_not_allowed",
    ]),
  },
});

export const deleteResumableUpload = createRoute({
  operationId: "deleteResumableUpload",
  method: "delete",
  path: "/v1/uploads/resumable/{id}",
  tags,
  summary: "Give it up",
  security: needs("upload"),
  request: { ...one, headers: z.object({ "Tus-Resumable": tusVersion }) },
  responses: {
    204: { description: "What was stored of it is deleted." },
    ...problems([
      "invalid_request",
      "upload_not_found",
      "tus_version",
      "storage_unavailable",
      "origin_not_allowed",
    ]),
  },
});
