/** A bucket that does not answer. */
export const away = new Proxy(
  { head: 0, put: 0 }, // by which a bucket is known
  { get: () => () => Promise.reject(new Error("R2 is away")) },
) as unknown as R2Bucket;
