import { complain, entriesOf, type Parsed } from "../../contract/parsed.ts";
import type { Failure } from "../../contract/problem.ts";
import { BUCKET_NAME, type Source } from "../../contract/source.ts";

/** A part of an R2 bucket that pictures may be taken from. */
export type SourceBucket = {
  /** As it stands in `r2:{name}/{key}`. */
  name: string;
  /** The Worker's R2 binding. */
  binding: string;
  /** What keys begin with, in whole segments; empty for every key. */
  prefix: readonly string[];
};

/** The service's own bucket: as a source it would open every upload to whoever knows its layout. */
const OWN = "PICTURES";

/** Reads comma-separated `{name}={binding}` and `{name}/{folder}={binding}`, which admits the keys below the folder alone. */
export function parseSourceBuckets(text: string): Parsed<SourceBucket[]> {
  const buckets: SourceBucket[] = [];
  for (const entry of entriesOf(text, ",")) {
    const [, name = "", folder, binding = ""] = /^([^/=]*)(?:\/([^=]*))?=(\w+)$/.exec(entry) ?? [];
    const prefix = folder?.replace(/\/$/, "").split("/") ?? [];
    const isPlain = prefix.every((segment) => !/^\.{0,2}$|\p{Cc}|\\/u.test(segment));
    if (!BUCKET_NAME.test(name) || !isPlain) {
      return complain(
        `"${entry}" is no bucket; write name=BINDING or name/folder=BINDING, the name in lower-case letters, digits and hyphens`,
      );
    }
    if (binding === OWN) return complain(`${OWN} is the service's own bucket`);
    if (buckets.some((other) => other.name === name && other.binding !== binding)) {
      return complain(`"${name}" stands for two bindings`);
    }
    buckets.push({ name, binding, prefix });
  }
  return { ok: true, value: buckets };
}

/** The binding that an object may be taken from. */
export function checkBucket(
  { bucket, key }: Source & { kind: "r2" },
  buckets: readonly SourceBucket[],
): { ok: true; binding: string } | Failure {
  const segments = key.split("/");
  // The last segment is the object itself: a folder is what lies below it.
  const isBelow = (prefix: readonly string[]) =>
    prefix.length < segments.length && prefix.every((segment, at) => segment === segments[at]);
  const found = buckets.find(({ name, prefix }) => name === bucket && isBelow(prefix));
  if (found) return { ok: true, binding: found.binding };
  // The same whether the name or the key is not listed, so that nobody learns the list from it.
  const detail = `Pictures from r2:${bucket} are not allowed here: SOURCE_BUCKETS does not name that bucket, or not that folder of it.`;
  return { ok: false, code: "source_not_allowed", detail };
}
