import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { edgeInference } from "./support/edge-inference.ts";
import { INFERENCE_HOST, internet } from "./support/internet.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// The Worker and the edge engine as they are deployed: workerd ends what a request has under way once its answer is sent, unless it is told
// to wait for that.

const HOST = "photos.example.com";

let workers: Workers;
let isAway = true;
/** Whether the detector is to be late, and its answers that are not sent yet. */
let isLate = false;
const held: (() => void)[] = [];

beforeAll(async () => {
  const online = internet("http://nowhere.invalid");
  const outbound = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { url = "", headers } = incoming;
    if (headers.host !== INFERENCE_HOST) return online(incoming, outgoing);
    if (isAway) return void incoming.socket.destroy();
    const answer = () => void (incoming.destroyed || online(incoming, outgoing));
    if (url.endsWith("/face_detector/infer")) return isLate ? void held.push(answer) : answer();
    release(); // a frame is drawn, whose picture waits for both
    answer();
  };
  const variables = { INFERENCE_URL: `http://${INFERENCE_HOST}/painter/trial`, ALLOWED_SOURCES: HOST };
  const { worker } = await edgeInference();
  workers = await startWorkers((modules) => [
    stylegate("stylegate", modules, variables, { edge: worker.name, outbound }),
    worker,
  ]);
});

afterAll(() => workers?.stop());

function release(): void {
  isLate = false;
  for (const answer of held.splice(0)) answer();
}

let seed = 0;

/** Who draws a picture that nobody has asked for. */
async function engineOfNext(): Promise<string | undefined> {
  const path = `/image/style=toon,format=png/http://${HOST}/png?seed=${++seed}&width=64&height=48`;
  const answer = await fetch(workers.url + path);
  await answer.arrayBuffer();
  expect(answer.status).toBe(200);
  return /engine;desc=(\w+)/.exec(answer.headers.get("Server-Timing") ?? "")?.[1];
}

it("an endpoint that is back draws again, though its detector answers only after the edge has drawn", async () => {
  for (let failures = 0; failures < 3; failures++) expect(await engineOfNext()).toBe("edge");
  isAway = false;
  // The detector is the trial call: the frame fails at once beside it. It answers once the next picture is out, when the request that asked it
  // is long over.
  const engineBehindTheTrial = async () => {
    const before = held.splice(0);
    isLate = true;
    const engine = await engineOfNext();
    for (const answer of before) answer();
    return engine;
  };
  await expect.poll(engineBehindTheTrial).toBe("endpoint");
  release();
});
