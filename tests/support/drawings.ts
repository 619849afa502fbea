import { setImmediate } from "node:timers/promises";
import type { Face } from "../../src/cli/gallery/entry.ts";
import { type Inference, startInference } from "./inference.ts";
import { startWorkers, stylegate } from "./workers.ts";

export type Drawing = { bytes: Buffer; width: number; height: number; faces: Face[] };

/** The Worker as it is deployed and the networks as they are served, int8. */
export type Drawings = {
  /** @param options of the URL, besides the style and the format, which is PNG */
  draw: (photo: Uint8Array, style: string, options?: string) => Promise<Drawing>;
  stop: () => Promise<void>;
};

export async function startDrawings(
  styles: readonly string[],
  variables: Record<string, string> = {},
): Promise<Drawings> {
  const inference: Inference = await startInference([
    ...styles.map((id) => `ttn_${id}_int8`),
    "face_detector",
  ]);
  const workers = await startWorkers((modules) => [
    stylegate("stylegate", modules, { INFERENCE_URL: inference.url, MODEL_SUFFIX: "_int8", ...variables }),
  ]).catch(async (error) => {
    await inference.stop();
    throw error;
  });
  const ask = async (path: string, init?: RequestInit) => {
    await setImmediate(); // who has computed for seconds hears only now that workerd has closed an idle connection
    const answer = await fetch(workers.url + path, init);
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };
  return {
    draw: async (photo, style, options) => {
      const uploaded = await ask("/v1/uploads", { method: "POST", body: new Uint8Array(photo) });
      const { id } = (await uploaded.json()) as { id: string };
      const path = (format: string) =>
        `/image/${[`style=${style}`, `format=${format}`, ...(options ? [options] : [])].join(",")}/upload:${id}`;
      const bytes = Buffer.from(await (await ask(path("png"))).arrayBuffer());
      const told = (await (await ask(path("json"))).json()) as {
        width: number;
        height: number;
        faces: Face[] | null;
      };
      return { bytes, width: told.width, height: told.height, faces: told.faces ?? [] };
    },
    stop: async () => {
      await workers.stop();
      await inference.stop();
    },
  };
}
