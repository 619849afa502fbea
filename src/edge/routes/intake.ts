import type { OpenAPIHono } from "@hono/zod-openapi";
import { completeDirectUpload, createDirectUpload } from "../../contract/api/direct-uploads.ts";
import { createResumableUpload, deleteResumableUpload } from "../../contract/api/resumable-uploads.ts";
import { deleteUpload, getUpload } from "../../contract/api/uploads.ts";
import { deleteUser, getUser } from "../../contract/api/users.ts";
import type { App } from "../bindings.ts";
import * as direct from "./direct-uploads.ts";
import { guarded } from "./guarded.ts";
import * as resumable from "./resumable-uploads.ts";
import * as uploads from "./uploads.ts";
import { lookAtUser, removeUser } from "./users.ts";

/** All ways in for photos, and out again. */
export function intake(app: OpenAPIHono<App>): void {
  app.openapi(uploads.createUploadRoute, uploads.upload);
  app.openapi(guarded(createDirectUpload), direct.beginDirect);
  app.openapi(direct.putDirectRoute, direct.putDirect);
  app.openapi(guarded(completeDirectUpload), direct.completeDirect);
  app.openapi(guarded(createResumableUpload), resumable.beginResumable);
  app.openapi(resumable.headResumableRoute, resumable.headResumable);
  app.openapi(resumable.patchResumableRoute, resumable.patchResumable);
  app.openapi(guarded(deleteResumableUpload), resumable.giveUpResumable);
  app.openapi(guarded(getUpload), uploads.lookAtUpload);
  app.openapi(guarded(deleteUpload), uploads.removeUpload);
  app.openapi(guarded(getUser), lookAtUser);
  app.openapi(guarded(deleteUser), removeUser);
}
