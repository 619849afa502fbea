import type { Erasure, Upload } from "../../../client/index.ts";
import { counted, sizeText } from "../../gallery/text.ts";
import type { Command } from "../command.ts";
import { REMOTE, REMOTE_HELP } from "../flags.ts";
import { facts } from "../table.ts";
import { answer, day } from "./answer.ts";

/** What is stored of somebody, and its end. */
export const ERASURE: Command[] = [
  {
    name: "users show",
    summary: "see what is stored of a user",
    help: `Lists the ids of what is stored of a user.

  stylegate users show USER [options]

${REMOTE_HELP}`,
    flags: REMOTE,
    takes: [1, 1],
    run: ({ values, names: [user = ""] }, place) =>
      answer(
        values,
        place,
        (api) => api.GET("/v1/users/{user}", { params: { path: { user } } }),
        ({ uploads, stylizations }) =>
          uploads.length + stylizations.length === 0
            ? `Nothing is stored of ${user}.\n`
            : [
                ...uploads.map((id) => `upload:${id}\n`),
                ...stylizations.map((id) => `stylization ${id}\n`),
              ].join(""),
      ),
  },
  {
    name: "users erase",
    summary: "erase everything of a user",
    help: `Erases the photos of a user, and everything that was made of them.

  stylegate users erase USER [options]

${REMOTE_HELP}`,
    flags: REMOTE,
    takes: [1, 1],
    run: ({ values, names: [user = ""] }, place) =>
      answer(
        values,
        place,
        (api) => api.DELETE("/v1/users/{user}", { params: { path: { user } } }),
        erasureText,
      ),
  },
  {
    name: "uploads show",
    summary: "look at an upload",
    help: `Tells what is known of an upload.

  stylegate uploads show ID [options]

${REMOTE_HELP}`,
    flags: REMOTE,
    takes: [1, 1],
    run: ({ values, names: [id = ""] }, place) =>
      answer(
        values,
        place,
        (api) => api.GET("/v1/uploads/{id}", { params: { path: { id: bare(id) } } }),
        uploadText,
      ),
  },
  {
    name: "uploads delete",
    summary: "delete an upload and what was made of it",
    help: `Deletes an upload, and everything that was made of it.

  stylegate uploads delete ID [options]

${REMOTE_HELP}`,
    flags: REMOTE,
    takes: [1, 1],
    run: ({ values, names: [id = ""] }, place) =>
      answer(
        values,
        place,
        (api) => api.DELETE("/v1/uploads/{id}", { params: { path: { id: bare(id) } } }),
        erasureText,
      ),
  },
];

/** Of `upload:{id}` as well. */
const bare = (id: string) => id.replace(/^upload:/, "");

function uploadText(upload: Upload): string {
  return facts({
    id: upload.id,
    picture: `${upload.format}, ${upload.width} × ${upload.height}, ${sizeText(upload.bytes)}`,
    user: upload.user,
    sha256: upload.sha256,
    created: day(upload.createdAt),
    expires: day(upload.expiresAt) ?? "never",
  });
}

function erasureText(erasure: Erasure): string {
  const { uploads, stylizations, pictures, masters, variants, mattes, sweptAgainAt, caches } = erasure;
  const what = [
    counted(uploads, "upload"),
    counted(stylizations, "stylization"),
    counted(pictures, "picture"),
    counted(masters, "drawing"),
    counted(variants, "cached size"),
    counted(mattes, "matte"),
  ].join(", ");
  return `Erased: ${what}.\nOnce more at ${day(sweptAgainAt)} UTC, for what was being drawn meanwhile.\n${caches}\n`;
}
