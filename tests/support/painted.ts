import type { IncomingMessage } from "node:http";
import { ADMIN_SECRET } from "./admin-secret.ts";
import { INFERENCE_HOST, internet } from "./internet.ts";
import { startWorkers, stylegate, type Workers } from "./workers.ts";

/**
 * The Worker as it is deployed, with a network that draws at once.
 *
 * @param look is shown what the Worker sends, before it is answered
 */
export const startPainted = (
  variables: Record<string, string> = {},
  look: (sent: IncomingMessage) => void = () => {},
): Promise<Workers> => {
  const outside = internet("http://nowhere.invalid");
  return startWorkers((modules) => [
    stylegate(
      "stylegate",
      modules,
      { INFERENCE_URL: `http://${INFERENCE_HOST}/painter/all`, ADMIN_SECRET, ...variables },
      {
        outbound: (incoming, outgoing) => {
          look(incoming);
          outside(incoming, outgoing);
        },
      },
    ),
  ]);
};
