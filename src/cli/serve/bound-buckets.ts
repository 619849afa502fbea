/** The R2 bindings of a wrangler.toml that is written as people write it: a table a bucket, a setting a line. */
export function boundBuckets(toml: string): string[] {
  const tables = toml.split(/^\s*(?=\[)/m).filter((table) => /^\[\[\s*r2_buckets\s*\]\]/.test(table));
  return tables.map((table) => /^\s*binding\s*=\s*["'](\w+)["']/m.exec(table)?.[1] ?? "");
}
