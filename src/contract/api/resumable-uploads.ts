import { createRoute, Id, needs, Problem, problems, z } from "./common.ts";
import { matching } from "./takes.ts";
import { binary, REFUSALS } from "./uploads.ts";

const tags = ["Uploads"];

const one = { params: z.object({ id: Id }) };

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
      "too_much_under_way",
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
