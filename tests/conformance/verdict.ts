import { Absent, type Check, type Group, isRequired } from "./check.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * `differs` is what a server does otherwise that it need not do: told, and no failure. `absent` had nothing to look at.
 */
export type Verdict = { check: Check } & (
  | { kind: "passed"; isRequired: boolean }
  | { kind: "failed" | "differs" | "absent"; why: string }
);

/** Runs all checks in turn, each whatever became of those before. */
export async function* judge(
  endpoint: Endpoint,
  groups: readonly Group[],
): AsyncGenerator<{ group: Group; verdict: Verdict }> {
  for (const group of groups) {
    for (const check of group.checks) yield { group, verdict: await verdictOf(check, endpoint) };
  }
}

async function verdictOf(check: Check, endpoint: Endpoint): Promise<Verdict> {
  const required = isRequired(check, endpoint);
  try {
    await check.run(endpoint);
    return { check, kind: "passed", isRequired: required };
  } catch (error) {
    const why = error instanceof Error ? oneLine(error) : String(error);
    if (error instanceof Absent) return { check, kind: "absent", why };
    return { check, kind: required ? "failed" : "differs", why };
  }
}

/** Long enough for an assertion's comparison of small values; what fetch says has its reason in the cause. */
const LENGTH = 240;

function oneLine({ message, cause }: Error): string {
  const line = message.replace(/\s+/g, " ").trim().slice(0, LENGTH);
  return cause instanceof Error ? `${line} (${cause.message})` : line;
}
