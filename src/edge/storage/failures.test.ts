import { describe, expect, it } from "vitest";
import type { Verdict } from "../moderation/client.ts";
import { recallFailure, rememberFailure } from "./failures.ts";
import { readVerdict, writeVerdict } from "./verdicts.ts";

const [SECONDS, HOUR] = [1000, 3_600_000];
const failure = (detail: string) => ({ ok: false, code: "source_status", detail }) as const;

/** A cache that holds what another isolate wrote last. */
const cacheOf = (value?: object) =>
  ({ match: async () => value && Response.json(value), put: async () => {} }) as unknown as Cache;

const bucketOf = (value?: object) =>
  ({
    get: async () => (value ? new Response(JSON.stringify(value)) : null),
    put: async () => null,
  }) as unknown as R2Bucket;

describe("what this isolate remembers, once it is over, does not hide what another one has learnt since:", () => {
  it("a failure", async () => {
    await rememberFailure(cacheOf(), "key", failure("old"), 0, 10);
    expect((await recallFailure(cacheOf(), "key", 9 * SECONDS))?.failure.detail).toBe("old");
    const newer = { failure: failure("new"), at: 11 * SECONDS, until: 21 * SECONDS };
    expect((await recallFailure(cacheOf(newer), "key", 12 * SECONDS))?.failure.detail).toBe("new");
    expect(await recallFailure(cacheOf(newer), "key", 22 * SECONDS)).toBeUndefined();
  });

  it("a verdict", async () => {
    const refused: Verdict = { allow: false, reason: undefined };
    await writeVerdict(bucketOf(), "key", refused, 0);
    expect(await readVerdict(bucketOf(), "key", HOUR - 1)).toEqual(refused);
    expect(await readVerdict(bucketOf(), "key", HOUR)).toBeUndefined();
    const newer = { allow: true, until: 3 * HOUR };
    expect(await readVerdict(bucketOf(newer), "key", 2 * HOUR)).toEqual({ allow: true });
    expect(await readVerdict(bucketOf(newer), "key", 4 * HOUR)).toBeUndefined();
  });
});
