import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULTS, FIELDS, type Option } from "../transform/fields.ts";
import { parseTransform } from "../transform.ts";
import { optionsOf } from "./output-options.ts";
import { OutputRequest } from "./stylizations.ts";

/** What an image URL may say that an output may not: presets and signatures are the URL's, and what an error is answered with too. */
const OF_URLS: readonly Option[] = ["preset", "onerror", "exp", "kid", "sig"];

const NAMES = Object.keys(OutputRequest.shape) as (keyof typeof OutputRequest.shape)[];

const read = (output: Record<string, unknown>) => {
  const parsed = OutputRequest.safeParse({ style: "toon", ...output });
  return parsed.success ? parseTransform(optionsOf(parsed.data)) : undefined;
};

/** Values in, around and far out of the range of each option. */
const VALUES: { [Name in (typeof NAMES)[number]]: readonly unknown[] } = {
  style: ["toon", "a-b", "3d", "a".repeat(64), "", "-a", "a-", "A", "a_b", "a".repeat(65), "a,b", 3],
  format: ["jpeg", "webp", "avif", "png", "json", "auto", "gif", "jpg", "JPEG", ""],
  width: [1, 640, 12_000, 0, -1, 12_001, 1.5, "640", Number.NaN],
  height: [1, 480, 12_000, 0, -1, 12_001, 1.5, null],
  dpr: [1, 1.5, 2.25, 4, 0, 0.99, 4.01, "2"],
  fit: ["scale-down", "contain", "cover", "crop", "pad", "squeeze", ""],
  gravity: [
    ...["auto", "face", "left", "right", "top", "bottom", "center", "0x0", "1x1", "0.5x0.333", "1.0x0.0"],
    ...["1.5x0", "0x1.001", "0.1234x0", "north", "0.5", "x", "", "-0x0"],
  ],
  background: ["#fff", "#FFF8", "#a1b2c3", "#a1b2c3d4", "#ff", "fff", "red", "#ggg", "%23fff", ""],
  quality: [1, 85, 100, 0, 101, 50.5, "85"],
  strength: [0, 0.5, 0.29, 1, -0.01, 1.01, "1"],
  faces: ["auto", "none", "all", ""],
  backdrop: ["stylize", "keep", "blur", "transparent", "#fff", "#a1b2c3d4", "white", "none", ""],
  metadata: ["copyright", "none", "keep", ""],
  version: ["0123abcd", "f".repeat(64), "0123abc", "g".repeat(8), "F".repeat(8), ""],
};

/** Those that only a URL has, for what it may be, or that JSON has a type of its own for. */
const ONLY_IN_URLS = new Set([
  "format auto",
  "format jpg",
  "background red",
  "background %23fff",
  "backdrop white",
  "metadata keep",
]);

describe("an output and the options of an image URL are one grammar:", () => {
  it("every option is in both", () => {
    const options = (Object.keys(FIELDS) as Option[]).filter((name) => !OF_URLS.includes(name));
    expect([...NAMES].sort()).toEqual(options.sort());
  });

  it("what holds where nothing is said is the same, but that JSON asks for JPEG where nobody negotiates", () => {
    const said = parseTransform(optionsOf(OutputRequest.parse({ style: "toon" })));
    expect(said).toEqual(parseTransform("style=toon,format=jpeg"));
    const { format, ...defaults } = OutputRequest.parse({ style: "toon" });
    expect(DEFAULTS).toMatchObject((({ style, ...rest }) => rest)(defaults));
    expect(format).toBe("jpeg");
  });

  it.each(NAMES.flatMap((name) => VALUES[name].map((value) => [name, value] as const)))(
    "%s %s",
    (name, value) => {
      const parsed = OutputRequest.safeParse({ style: "toon", [name]: value });
      const spelled = String(value).replace("#", "%23");
      const readable = typeof value === typeof sample(name) && FIELDS[name].read(spelled) !== undefined;
      expect(parsed.success).toBe(readable && !ONLY_IN_URLS.has(`${name} ${value}`));
      if (!parsed.success) return;
      const transform = read({ [name]: value });
      expect(transform).toMatchObject({ ok: true });
      const url = parseTransform(
        `${name === "style" ? "" : "style=toon,"}format=jpeg,${name}=${spelled}`.replace(
          /format=jpeg,(?=format)/,
          "",
        ),
      );
      expect(transform).toEqual(url);
    },
  );

  it("numbers are brought to hundredths, whatever they are", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (strength) => {
        const made = read({ strength });
        if (!made?.ok) throw new Error(`${strength}`);
        expect(made.transform.strength).toBeCloseTo(strength, 2 - 1e-9);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1, max: 4, noNaN: true }), (dpr) => {
        expect(read({ dpr, width: 100 })?.ok).toBe(true);
      }),
    );
  });

  it("limits that options have together are the grammar's", () => {
    expect(read({ width: 6001, dpr: 2 })).toMatchObject({ ok: false, code: "invalid_option" });
    expect(read({ width: 5000, height: 5000, fit: "cover" })).toMatchObject({
      ok: false,
      code: "invalid_option",
    });
  });
});

const sample = (name: (typeof NAMES)[number]) =>
  ["width", "height", "dpr", "quality", "strength"].includes(name) ? 1 : "";
