/** Seconds that a server may have us, or our clients, wait. */
const MOST = 3600;

/** In seconds only: a date would be of a clock that is not ours. */
export const retryAfter = (header: string | null): number | undefined =>
  /^\d{1,9}$/.test(header ?? "") ? Math.min(MOST, Number(header)) : undefined;
