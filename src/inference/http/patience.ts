/** How long clients may take, in milliseconds, and how many of them: those that are slow on purpose must not keep out the others. */
export type Patience = {
  /** For the head of a request, and for all of it: 16 MiB in a minute are 2 Mbit/s. */
  headers: number;
  receive: number;
  /** A body brings so many bytes in that time, or its end. */
  pace: { bytes: number; within: number };
  /** Where too many bodies are on their way, one that has taken for longer makes room. */
  displaceable: number;
  /** In which nothing of an answer is read. */
  write: number;
  /** Between requests; above the idle time of the usual proxies, lest they reuse a connection that has just been closed. */
  keepAlive: number;
  connections: number;
};

export const PATIENCE: Patience = {
  headers: 10_000,
  receive: 60_000,
  // A picture of 512² within the minute.
  pace: { bytes: 64 * 1024, within: 5_000 },
  displaceable: 1_000,
  write: 30_000,
  keepAlive: 75_000,
  connections: 1024,
};
