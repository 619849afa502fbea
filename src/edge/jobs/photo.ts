import type { Bindings } from "../bindings.ts";
import type { Config } from "../config.ts";
import { storePhoto, takeBack } from "../intake/store-photo.ts";
import { uploadKey } from "../storage/keys.ts";
import { logStorage } from "../storage/objects.ts";

type Site = { env: Bindings; config: Config };

/** Stores the photo that came with a request as an upload. @returns its id */
export async function keepPhoto(
  bytes: Uint8Array,
  whose: { owner: string; user: string | undefined },
  { env, config }: Site,
): Promise<string> {
  const { id } = await storePhoto({ bytes, ...whose }, { env, config, now: Date.now });
  return id;
}

/** Nothing was made of the request. Where the storage is away, the photo stays until uploads expire. */
export async function letGo(id: string, { env }: Site): Promise<void> {
  await takeBack(id, env).catch((error) => logStorage("delete", uploadKey(id), error));
}
