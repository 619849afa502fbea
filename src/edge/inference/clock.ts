/** Time, as whoever waits needs it: handed in, so that a test need not. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Rings once, after so many milliseconds, unless it is stopped by what is returned. */
  after: (milliseconds: number, ring: () => void) => () => void;
};

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  after: (milliseconds, ring) => {
    const timer = setTimeout(ring, milliseconds);
    return () => clearTimeout(timer);
  },
};
