import type { Upload } from "../../contract/api/uploads.ts";
import { isoTime } from "../../contract/encoding.ts";
import { STYLES } from "../../contract/style.ts";
import type { Config } from "../config.ts";
import type { StoredUpload } from "../storage/uploads.ts";

/** An upload as the API tells it. */
export function uploadOf(stored: StoredUpload, { signing, presets }: Config): Upload {
  const { id, user, sent, createdAt, expiresAt, original } = stored;
  const isAnswered = !signing.isRequired && !presets.only; // else it is for whoever signs, or knows the presets, to say what is
  return {
    id,
    width: original?.width ?? 0,
    height: original?.height ?? 0,
    format: original?.format.replace(/^image\//, "") ?? "",
    bytes: sent.bytes,
    sha256: sent.sha256,
    ...(user !== undefined && { user }),
    createdAt: isoTime(createdAt),
    ...(Number.isFinite(expiresAt) && { expiresAt: isoTime(expiresAt) }),
    ...(isAnswered && { image: `/image/style=${STYLES[0]?.id}/upload:${id}` }),
  };
}
