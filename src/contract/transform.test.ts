import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonical,
  FITS,
  FORMATS,
  MAX_OUTPUT_PIXELS,
  parseTransform,
  pixelsAsked,
  type Transform,
} from "./transform.ts";

const side = fc.option(fc.integer({ min: 1, max: 2048 }), { nil: undefined });
const transforms: fc.Arbitrary<Transform> = fc
  .record({
    style: fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/),
    width: side,
    height: side,
    fit: fc.constantFrom(...FITS),
    quality: fc.integer({ min: 1, max: 100 }),
    format: fc.constantFrom(...FORMATS),
    strength: fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100),
  })
  .filter((transform) => pixelsAsked(transform) <= MAX_OUTPUT_PIXELS);

/** Every option spelled out, defaults too. */
const pairsOf = (transform: Transform) =>
  Object.entries(transform)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);

const codeOf = (options: string) => {
  const result = parseTransform(options);
  return result.ok ? "ok" : result.code;
};

describe("parseTransform", () => {
  it("gives the options that are left out their defaults", () => {
    expect(parseTransform("style=handdrawn")).toEqual({
      ok: true,
      transform: {
        style: "handdrawn",
        width: undefined,
        height: undefined,
        fit: "scale-down",
        quality: 85,
        format: "auto",
        strength: 1,
      },
    });
  });

  it("reads every value whatever the order", () => {
    const shuffled = transforms.chain((transform) =>
      fc.tuple(
        fc.constant(transform),
        fc.shuffledSubarray(pairsOf(transform), { minLength: pairsOf(transform).length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([transform, pairs]) => {
        expect(parseTransform(pairs.join(","))).toEqual({ ok: true, transform });
      }),
    );
  });

  it("answers a problem, and nothing else, to any text", () => {
    const nearly = fc.array(
      fc
        .tuple(fc.constantFrom("style", "width", "fit", "strength", "constructor", ""), fc.string())
        .map((pair) => pair.join("=")),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          nearly.map((pairs) => pairs.join(",")),
        ),
        (text) => {
          const result = parseTransform(text);
          if (!result.ok) expect(result.detail).toMatch(/^[\x20-\x7e…]+$/);
        },
      ),
    );
  });

  it.each([
    ["", "invalid_options"],
    ["style", "invalid_options"],
    ["=handdrawn", "invalid_options"],
    ["style=handdrawn,", "invalid_options"],
    ["style=handdrawn,,width=1", "invalid_options"],
    [`style=handdrawn,${"x".repeat(600)}=1`, "invalid_options"],
    ["style=handdrawn,widht=640", "unknown_option"],
    ["style=handdrawn,__proto__=1", "unknown_option"],
    ["Style=handdrawn", "unknown_option"],
    [" style=handdrawn", "unknown_option"],
    ["style=handdrawn,width=640,width=640", "duplicate_option"],
    ["width=640", "missing_style"],
    ["style=", "invalid_option"],
    ["style=Hand", "invalid_option"],
    ["style=../x", "invalid_option"],
    ["style=handdrawn,width=0", "invalid_option"],
    ["style=handdrawn,width=2049", "invalid_option"],
    ["style=handdrawn,width=1e3", "invalid_option"],
    ["style=handdrawn,width=064", "invalid_option"],
    ["style=handdrawn,width=+64", "invalid_option"],
    ["style=handdrawn,width=64.0", "invalid_option"],
    ["style=handdrawn,height=-1", "invalid_option"],
    ["style=handdrawn,height= 64", "invalid_option"],
    ["style=handdrawn,quality=101", "invalid_option"],
    ["style=handdrawn,quality=0", "invalid_option"],
    ["style=handdrawn,strength=1.01", "invalid_option"],
    ["style=handdrawn,strength=0.123", "invalid_option"],
    ["style=handdrawn,strength=.5", "invalid_option"],
    ["style=handdrawn,strength=NaN", "invalid_option"],
    ["style=handdrawn,fit=fill", "invalid_option"],
    ["style=handdrawn,format=gif", "invalid_option"],
    ["style=handdrawn,width=%36", "invalid_option"],
    ["style%3Dhanddrawn", "invalid_options"],
  ])("refuses %j as %s", (options, code) => {
    expect(codeOf(options)).toBe(code);
  });
});

describe("the pixels that are asked for", () => {
  it.each([
    ["width=2048,height=1024,fit=cover", "ok"],
    ["width=2048,height=1025,fit=cover", "invalid_option"],
    ["width=1025,height=2048,fit=pad", "invalid_option"],
    ["height=2048,fit=pad,width=2048", "invalid_option"],
    ["width=2048,height=2048", "ok"], // scale-down: the picture's own at most
    ["width=2048,height=2048,fit=crop", "ok"],
    ["width=2048,height=2048,fit=contain", "ok"], // the picture fills the box as far as there is room
    ["width=2048,fit=cover", "ok"], // the height follows as far as there is room
  ])("with %s are %s", (options, code) => {
    expect(codeOf(`style=handdrawn,${options}`)).toBe(code);
  });

  it("are refused by the options' names", () => {
    expect(parseTransform("style=handdrawn,width=2048,height=2048,fit=cover")).toMatchObject({
      detail:
        'With "fit=cover" the options "width" and "height" may ask for 2097152 pixels, not 2048 by 2048.',
    });
  });
});

describe("canonical", () => {
  it("is read back to the same value", () => {
    fc.assert(
      fc.property(transforms, (transform) => {
        expect(parseTransform(canonical(transform))).toEqual({ ok: true, transform });
      }),
    );
  });

  it("is the same for every spelling, and different for different values", () => {
    fc.assert(
      fc.property(transforms, transforms, (one, other) => {
        const spelled = parseTransform(pairsOf(one).reverse().join(","));
        expect(spelled.ok && canonical(spelled.transform)).toBe(canonical(one));
        expect(canonical(one) === canonical(other)).toBe(pairsOf(one).join() === pairsOf(other).join());
      }),
    );
  });

  it("leaves defaults out and sorts the rest", () => {
    const parsed = parseTransform("width=640,strength=1.00,style=handdrawn,quality=85,fit=cover");
    expect(parsed.ok && canonical(parsed.transform)).toBe("fit=cover,style=handdrawn,width=640");
  });
});
