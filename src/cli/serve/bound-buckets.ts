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
