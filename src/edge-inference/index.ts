import { handle } from "./handler.ts";
import { MAX_HELD_BYTES, MAX_REQUESTS, MAX_SESSIONS, MAX_SILENCE } from "./limits.ts";
import { log } from "./log.ts";
import { metrics } from "./metrics.ts";
import { NETWORKS } from "./networks.ts";
import { OrtRuntime } from "./ort/runtime.ts";
import type { Services } from "./services.ts";
import { Sessions } from "./sessions.ts";
import { Turns } from "./turns.ts";

const now = () => performance.now();
const sessions = new Sessions(MAX_SESSIONS, new OrtRuntime());
const after = (milliseconds: number, ring: () => void) => {
  const timer = setTimeout(ring, milliseconds);
  return () => clearTimeout(timer);
};
const turns = new Turns({
  most: MAX_REQUESTS,
  mostBytes: MAX_HELD_BYTES,
  longest: MAX_SILENCE,
  now,
  after,
});

const services: Services = {
  networks: NETWORKS,
  sessions,
  turns,
  log,
  metrics: () => metrics(sessions, turns.taken),
  now,
  pause: () => scheduler.wait(0),
};

export default {
  fetch(request, _env, context): Promise<Response> {
    const answer = handle(request, services);
    // Whose client goes away is not cut off in the middle of a turn: those that wait behind it would wait until they take it for dead.
    context.waitUntil(answer);
    return answer;
  },
} satisfies ExportedHandler;
