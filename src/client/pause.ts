/** Waits for seconds; rejects with the signal's reason when that is aborted first. */
export type Pause = (seconds: number, signal: AbortSignal | undefined) => Promise<void>;

export const pause: Pause = (seconds, signal) =>
  new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
