import type { Upload } from "../../../client/index.ts";
import { sizeText } from "../../text.ts";
import type { Command } from "../command.ts";
import { facts } from "../table.ts";
import { toTheMinute } from "./answer.ts";
import { asking } from "./asking.ts";
import { erasureText } from "./erased.ts";

export const UPLOADS: Command[] = [
  asking({
    name: "uploads show",
    summary: "look at an upload",
    about: "Tells what is known of an upload.",
    takes: "ID",
    ask: (api, id) => api.GET("/v1/uploads/{id}", of(id)),
    tell: uploadText,
  }),
  asking({
    name: "uploads delete",
    summary: "delete an upload and what was made of it",
    about: "Deletes an upload, and everything that was made of it.",
    takes: "ID",
    ask: (api, id) => api.DELETE("/v1/uploads/{id}", of(id)),
    tell: erasureText,
  }),
];

/** `upload:{id}` will do as well. */
const of = (id: string) => ({ params: { path: { id: id.replace(/^upload:/, "") } } });

function uploadText(upload: Upload): string {
  return facts({
    id: upload.id,
    picture: `${upload.format}, ${upload.width} × ${upload.height}, ${sizeText(upload.bytes)}`,
    user: upload.user,
    sha256: upload.sha256,
    created: toTheMinute(upload.createdAt),
    expires: toTheMinute(upload.expiresAt) ?? "never",
  });
}
