import type { Log } from "./log.ts";
import type { Network } from "./network.ts";
import type { Sessions } from "./sessions.ts";
import type { Turns } from "./turns.ts";

/** What one request works with. */
export type Services = {
  networks: ReadonlyMap<string, Network>;
  sessions: Sessions;
  turns: Turns;
  log: Log;
  /** Of this isolate, in Prometheus' text format. */
  metrics: () => string;
  /** Milliseconds. */
  now: () => number;
  /**
   * Lets others have a word: that somebody has gone is heard, and who comes too many is told so. On Cloudflare the clock moves on only
   * then.
   */
  pause: () => Promise<void>;
};
