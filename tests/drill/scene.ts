import { once } from "node:events";
import { createServer } from "node:http";
import { edgeInference } from "../support/edge-inference.ts";
import { startInference } from "../support/inference.ts";
import { png } from "../support/png.ts";
import { portOf } from "../support/ports.ts";
import { startWorkers, stylegate } from "../support/workers.ts";
import { type FaultyEndpoint, startFaultyEndpoint } from "./faulty-endpoint.ts";

/** The Worker as it is deployed, two real endpoints that may suffer, the edge engine as it is deployed, and an origin of as many pictures as one likes. */
export type Scene = {
  /** Of the Worker. */
  url: string;
  first: FaultyEndpoint;
  second: FaultyEndpoint;
  /** A picture's path that nobody has asked for. */
  fresh: (style: Style) => string;
  stop: () => Promise<void>;
};

/** What is asked for, and what is in turn with it where only the one's network hangs. */
export type Style = "handdrawn" | "toon";

/** Pixels: small, so that two cores draw many. */
const SIZE = { width: 160, height: 120 };

export async function setScene(): Promise<Scene> {
  const ending: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ending.reverse()) await end();
  };
  try {
    const models = ["ttn_handdrawn_int8", "ttn_toon_int8"];
    const servers = await Promise.all([models, models].map((each) => startInference(each)));
    ending.push(...servers.map((server) => server.stop));
    const [one, other] = servers.map(({ url }) => url) as [string, string];
    const [first, second] = await Promise.all([startFaultyEndpoint(one), startFaultyEndpoint(other)]);
    ending.push(first.stop, second.stop);
    const origin = createServer(({ url }, outgoing) => {
      const seed = Number(url?.slice(1));
      const height = SIZE.height + Math.floor(seed / 256); // after 256 seeds the pictures are the same again
      outgoing.end(png({ ...SIZE, height, seed }));
    });
    origin.listen(0, "127.0.0.1");
    await once(origin, "listening");
    ending.push(() => {
      origin.close();
      origin.closeAllConnections();
    });
    const place = `127.0.0.1:${portOf(origin)}`;
    const endpoints = [
      { name: "first", url: first.url, modelSuffix: "_int8", timeout: 2, hedgeAfter: 800 },
      { name: "second", url: second.url, modelSuffix: "_int8", timeout: 5 },
    ];
    const variables = {
      ...{ INFERENCE_ENDPOINTS: JSON.stringify(endpoints), INFERENCE_TIMEOUT: "20", EDGE_AFTER: "10" },
      ...{ MAX_FACES: "0", ALLOWED_SOURCES: place },
    };
    const { worker } = await edgeInference();
    const workers = await startWorkers((modules) => [
      stylegate("stylegate", modules, variables, { edge: worker.name }),
      worker,
    ]);
    ending.push(workers.stop);
    let seed = 0;
    const fresh = (style: Style) => `/image/style=${style},format=jpeg/http://${place}/${++seed}`;
    return { url: workers.url, first, second, fresh, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
