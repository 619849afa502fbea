/** Time as the queue sees it, in seconds; handed in, so that its tests need not wait. */
export type Clock = {
  now(): number;
  /** Rings once after that many seconds, unless what it returns is called before. */
  after(seconds: number, ring: () => void): () => void;
};

/** The longest that setTimeout takes, some 24 days. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now() / 1000,
  after(seconds, ring) {
    const timer = setTimeout(ring, Math.min(seconds * 1000, LONGEST));
    return () => clearTimeout(timer);
  },
};
