import { describe, expect, it } from "vitest";
import { parseSource } from "../../contract/source.ts";
import { checkBucket, parseSourceBuckets } from "./buckets.ts";

function check(variable: string, raw: string) {
  const buckets = parseSourceBuckets(variable);
  const parsed = parseSource(raw);
  if (!buckets.ok || !parsed.ok || parsed.source.kind !== "r2") throw new Error("the test is wrong");
  return checkBucket(parsed.source, buckets.value);
}

describe("SOURCE_BUCKETS", () => {
  it.each([
    ["photos=PHOTOS", "r2:photos/a.jpg", "PHOTOS"],
    ["photos=PHOTOS, team=TEAM_2", "r2:team/a/b.jpg", "TEAM_2"],
    ["photos/public=PHOTOS", "r2:photos/public/a.jpg", "PHOTOS"],
    ["photos/public/=PHOTOS", "r2:photos/public%2Fa.jpg", "PHOTOS"],
    ["photos/a=PHOTOS,photos/b=PHOTOS", "r2:photos/b/a.jpg", "PHOTOS"],
  ])("%s admits %s", (variable, raw, binding) => {
    expect(check(variable, raw)).toEqual({ ok: true, binding });
  });

  it.each([
    ["", "r2:photos/a.jpg"],
    ["photos=PHOTOS", "r2:other/a.jpg"],
    ["photos=PHOTOS", "r2:constructor/a.jpg"],
    ["photos/public=PHOTOS", "r2:photos/private/a.jpg"],
    ["photos/public=PHOTOS", "r2:photos/public"],
    ["photos/public=PHOTOS", "r2:photos/public-not/a.jpg"],
    ["photos/public=PHOTOS", "r2:photos/Public/a.jpg"],
    ["photos/public=PHOTOS", "r2:photos/x/public/a.jpg"],
    ["photos/public=PHOTOS", "r2:photos/public%252f/..a.jpg"],
  ])("%s refuses %s, without telling what it lists", (variable, raw) => {
    const [name] = raw.split("/");
    expect(check(variable, raw)).toEqual({
      ok: false,
      code: "source_not_allowed",
      detail: `Pictures from ${name} are not allowed here: SOURCE_BUCKETS does not name that bucket, or not that folder of it.`,
    });
  });

  it.each([
    "photos",
    "=PHOTOS",
    "photos=",
    "Photos=PHOTOS",
    "photos=PHO-TOS",
    "photos//x=PHOTOS",
    "photos/../x=PHOTOS",
    "photos=PHOTOS=X",
    "photos=PICTURES",
    "photos=A,photos/x=B",
  ])("cannot be %s", (variable) => {
    expect(parseSourceBuckets(variable)).toMatchObject({ ok: false, complaint: expect.any(String) });
  });
});
