import type { Workers } from "../../tests/support/workers.ts";

/** @returns the upload's id */
export async function upload({ url }: Workers, picture: Uint8Array): Promise<string> {
  const answer = await fetch(`${url}/v1/uploads`, { method: "POST", body: Buffer.from(picture) });
  if (!answer.ok) throw new Error(`the upload is refused: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}
