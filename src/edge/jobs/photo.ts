import { ProblemError } from "../../contract/problem.ts";
import { STYLES } from "../../contract/style.ts";
import type { Bindings } from "../bindings.ts";
import type { Config } from "../config.ts";
import { roomFor } from "../image/index.ts";
import { probe } from "../source/probe.ts";
import { uploadKey } from "../storage/keys.ts";
import { removeObject } from "../storage/objects.ts";
import { storeUpload } from "../storage/uploads.ts";
import { requireDrawable } from "../stylize/drawable.ts";
import { originalOf } from "../stylize/original.ts";

type Site = { env: Bindings; config: Config };

/** Stores the photo that came with a request as an upload. @returns its id */
export async function keepPhoto(bytes: Uint8Array, { env, config }: Site): Promise<string> {
  const probed = probe(bytes);
  if (!probed.ok) throw ProblemError.of(probed);
  requireDrawable(probed, { longSide: config.workingSize }, STYLES);
  return storeUpload(env.PICTURES, bytes, {
    original: originalOf(probed, bytes.length),
    room: roomFor(probed, bytes.length),
    hasAlpha: probed.hasAlpha,
  });
}

/** Nothing was made of the request. Where the storage is away, it stays until uploads expire. */
export const letGo = (id: string, { env }: Site): Promise<void> => removeObject(env.PICTURES, uploadKey(id));
