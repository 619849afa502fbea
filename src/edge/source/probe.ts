import type { ProbeResult } from "./probe/types.ts";

export type { Probe, ProbeFailure, ProbeResult, SourceFormat } from "./probe/types.ts";

export function probe(_bytes: Uint8Array): ProbeResult {
  return { ok: false, code: "unsupported_format", detail: "Not a picture." };
}
