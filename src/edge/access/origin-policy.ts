/** Web origins whose pages may read answers and upload: any, or the listed ones. */
export type OriginPolicy = "*" | readonly string[];

export type OriginPolicyResult = { ok: true; policy: OriginPolicy } | { ok: false; complaint: string };

/** Comma-separated origins such as `https://www.example.com`; `*` for any; empty for none but our own. */
export function parseOrigins(text: string): OriginPolicyResult {
  const entries = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  if (entries.includes("*")) return { ok: true, policy: "*" };
  const wrong = entries.find((entry) => URL.parse(entry)?.origin !== entry);
  if (wrong !== undefined) {
    return {
      ok: false,
      complaint: `"${wrong}" is no origin; write scheme and host, as in https://example.com`,
    };
  }
  return { ok: true, policy: entries };
}
