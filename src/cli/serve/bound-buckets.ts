/**
 * The R2 bindings of a wrangler.toml, as wrangler reads it.
 *
 * @throws Error where it cannot be read
 */
export async function boundBuckets(path: string): Promise<string[]> {
  const { unstable_readConfig } = await import("wrangler"); // 0.7 s, which only a start with SOURCE_BUCKETS takes
  const { r2_buckets }: { r2_buckets: { binding: string }[] } = unstable_readConfig(
    { config: path },
    { hideWarnings: true },
  );
  return r2_buckets.map(({ binding }) => binding);
}

/** A sentence for each bucket of SOURCE_BUCKETS that has no binding. */
export const unbound = (buckets: readonly { binding: string }[], bound: readonly string[]): string[] =>
  buckets
    .filter(({ binding }) => !bound.includes(binding))
    .map(
      ({ binding }) => `SOURCE_BUCKETS names ${binding}, which is no binding of a bucket in wrangler.toml.`,
    );
