import segmenter from "../../models/person_segmenter/1/model.onnx";
import threeD from "../../models/ttn_3d_edge/1/model.onnx";
import engraving from "../../models/ttn_engraving_edge/1/model.onnx";
import handdrawn from "../../models/ttn_handdrawn_edge/1/model.onnx";
import toon from "../../models/ttn_toon_edge/1/model.onnx";
import type { Network } from "./network.ts";

/** `max_batch_size` in the ttn_ models of models/. */
const MAX_BATCH = 8;

/** The half-width networks by style: a new style's is a line here and an import above. docs/edge-engine.md */
const STYLES = { "3d": threeD, engraving, handdrawn, toon };

export const NETWORKS: ReadonlyMap<string, Network> = new Map(
  [
    ...Object.entries(STYLES).map(
      ([style, file]): Network => ({
        name: `ttn_${style}_edge`,
        file,
        maxBatchSize: MAX_BATCH,
        input: { name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] },
        output: { name: "stylized", datatype: "UINT8", shape: [-1, -1, -1, 3] },
      }),
    ),
    {
      name: "person_segmenter",
      file: segmenter,
      maxBatchSize: 0,
      input: { name: "image", datatype: "UINT8" as const, shape: [1, -1, -1, 3] },
      output: { name: "matte", datatype: "UINT8" as const, shape: [1, -1, -1] },
    },
  ].map((network) => [network.name, network]),
);
