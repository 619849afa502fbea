import { INFERENCE_HOST, internet } from "./internet.ts";
import { startWorkers, stylegate, type Workers } from "./workers.ts";

export const ADMIN_SECRET = "the-secret-of-the-operator-in-tests-only";

/** The Worker as it is deployed, with a network that draws at once. */
export const startPainted = (variables: Record<string, string> = {}): Promise<Workers> =>
  startWorkers((modules) => [
    stylegate(
      "stylegate",
      modules,
      { INFERENCE_URL: `http://${INFERENCE_HOST}/painter/all`, ADMIN_SECRET, ...variables },
      { outbound: internet("http://nowhere.invalid") },
    ),
  ]);
