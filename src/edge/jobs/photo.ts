import type { Bindings } from "../bindings.ts";
import type { Config } from "../config.ts";
import { storePhoto, takeBack } from "../intake/store-photo.ts";
import { logStorage } from "../storage/objects.ts";

type Site = { env: Bindings; config: Config };

/** Stores the photo that came with a request as an upload of whoever sent it. @returns its id */
export async function keepPhoto(
  bytes: Uint8Array,
  whose: { owner: string; user: string | undefined },
  { env, config }: Site,
): Promise<string> {
  return (await storePhoto({ bytes, ...whose }, { env, config, now: Date.now })).id;
}

/** Nothing was made of the request. Where the storage is away, it stays until uploads expire. */
export async function letGo(
  id: string,
  whose: { owner: string; user: string | undefined },
  { env }: Site,
): Promise<void> {
  await takeBack({ id, ...whose }, env).catch((error) => logStorage("delete", `uploads/${id}`, error));
}
