/** Where in a trace a request comes from: hexadecimal, as W3C Trace Context (level 1, 3.2) writes it. */
export type TraceParent = { traceId: string; parentId: string; sampled: boolean };

const FIELDS =
  /^(?<version>[\da-f]{2})-(?<traceId>[\da-f]{32})-(?<parentId>[\da-f]{16})-(?<flags>[\da-f]{2})(?<rest>-.*)?$/;

/**
 * Reads the header as @opentelemetry/core's `parseTraceParent` would, without loading OpenTelemetry, which a server that exports no spans never
 * does: its log names the caller's trace all the same. Null where there is none, or none that is valid: the specification says to ignore it
 * then.
 */
export function parseTraceParent(header: string | readonly string[] | undefined): TraceParent | null {
  const fields = typeof header === "string" ? FIELDS.exec(header.trim())?.groups : undefined;
  if (fields === undefined) return null;
  const { version = "", traceId = "", parentId = "", flags = "", rest } = fields;
  // A later version may have more fields; the first ones mean the same.
  if (version === "ff" || (version === "00" && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return null;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
