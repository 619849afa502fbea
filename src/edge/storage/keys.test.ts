import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSource } from "../../contract/source.ts";
import { parseTransform, type Transform } from "../../contract/transform.ts";
import { masterKey, purgeKey, sourceKey, variantKey } from "./keys.ts";

const IDENTITY = {
  contentHash: "ab".repeat(32),
  style: "handdrawn",
  version: "1",
  modelSuffix: "_int8",
  workingSize: 768,
  maxFaces: 16,
  purgedAt: 0,
};

function transformOf(options: string): Transform {
  const parsed = parseTransform(options);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.transform;
}

const SHOWN = { width: 768, height: 512 };

describe("keys", () => {
  const masters = [
    IDENTITY,
    { ...IDENTITY, contentHash: "cd".repeat(32) },
    { ...IDENTITY, style: "other" },
    { ...IDENTITY, version: "2" },
    { ...IDENTITY, modelSuffix: "" },
    { ...IDENTITY, workingSize: 512 },
    { ...IDENTITY, maxFaces: 0 },
    { ...IDENTITY, maxFaces: 17 },
    { ...IDENTITY, purgedAt: 1 },
  ];

  it("of masters differ with everything that the network's picture depends on", async () => {
    const keys = await Promise.all(masters.map(masterKey));
    expect(new Set(keys).size).toBe(masters.length);
    for (const key of keys) expect(key).toMatch(/^masters\/(?:ab|cd){32}\/[0-9a-f]{64}$/);
  });

  it("of variants differ with that, with the format and with each option", async () => {
    const plain = transformOf("style=handdrawn");
    const keys = await Promise.all([
      ...masters
        .filter(({ style }) => style === "handdrawn")
        .map((identity) => variantKey(plain, "webp", identity, SHOWN)),
      variantKey(plain, "jpeg", IDENTITY, SHOWN),
      variantKey(plain, "webp", IDENTITY, { width: 767, height: 512 }),
      variantKey(plain, "webp", IDENTITY, undefined),
      ...[
        "width=9",
        "height=9",
        "fit=pad",
        "quality=9",
        "strength=0.9",
        "width=90",
        "width=9,height=9",
        "faces=none",
      ].map((option) => variantKey(transformOf(`style=handdrawn,${option}`), "webp", IDENTITY, SHOWN)),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^variants\/(?:ab|cd){32}\/[0-9a-f]{64}$/);
  });

  it("of variants are one for every spelling of the options, and for a format asked for or negotiated", async () => {
    const keys = await Promise.all(
      ["width=9,style=handdrawn", "style=handdrawn,quality=85,width=9,format=webp"].map((options) =>
        variantKey(transformOf(options), "webp", IDENTITY, SHOWN),
      ),
    );
    expect(keys[0]).toBe(keys[1]);
  });

  const keyOf = (raw: string) => {
    const parsed = parseSource(raw);
    if (!parsed.ok) throw new Error(parsed.detail);
    return sourceKey(parsed.source);
  };

  it("of sources are one for every spelling", async () => {
    expect(await keyOf("HTTPS://Example.com:443/a")).toBe(await keyOf("https://example.com/a"));
    expect(await keyOf("https://example.com/A")).not.toBe(await keyOf("https://example.com/a"));
    expect(await keyOf("r2:photos/a%2Fb.jpg")).toBe(await keyOf("r2%3Aphotos%2Fa%2Fb.jpg"));
  });

  it("of sources and purges are never one for two of them, whatever stands in the names", async () => {
    const text = fc.string({
      maxLength: 3,
      unit: fc.constantFrom("a", '"', ",", ":", "/", "\\", "\u0000", "\n"),
    });
    const purge = fc.tuple(fc.constantFrom("source" as const, "style" as const, "tag" as const), text);
    await fc.assert(
      fc.asyncProperty(purge, purge, async (one, other) => {
        const keys = [await purgeKey(...one), await purgeKey(...other)];
        for (const key of keys) expect(key).toMatch(/^purges\/[0-9a-f]{64}$/);
        expect(keys[0] === keys[1]).toBe(one[0] === other[0] && one[1] === other[1]);
      }),
    );
  });
});
