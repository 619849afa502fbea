import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeColour } from "./transform/colour.ts";
import { writeGravity } from "./transform/gravity.ts";
import { type Presets, parsePresets } from "./transform/presets.ts";
import { readOptions, writeOptions } from "./transform/read.ts";
import {
  BACKDROPS,
  canonical,
  FACES,
  FITS,
  FORMATS,
  MAX_OUTPUT_PIXELS,
  METADATA,
  parseTransform,
  pictureOptions,
  pixelsAsked,
  type Transform,
} from "./transform.ts";

const side = fc.option(fc.integer({ min: 1, max: 12_000 }), { nil: undefined });
const fraction = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const channel = fc.integer({ min: 0, max: 255 });
const transforms: fc.Arbitrary<Transform> = fc
  .record({
    style: fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/),
    version: fc.option(fc.stringMatching(/^[0-9a-f]{8,64}$/), { nil: undefined }),
    width: side,
    height: side,
    fit: fc.constantFrom(...FITS),
    gravity: fc.oneof(fc.constantFrom("auto", "face"), fc.record({ x: fraction, y: fraction })),
    background: fc.option(fc.tuple(channel, channel, channel, channel), { nil: undefined }),
    quality: fc.integer({ min: 1, max: 100 }),
    format: fc.constantFrom(...FORMATS),
    strength: fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100),
    faces: fc.constantFrom(...FACES),
    backdrop: fc.oneof(fc.constantFrom(...BACKDROPS), fc.tuple(channel, channel, channel, channel)),
    metadata: fc.constantFrom(...METADATA),
    onerror: fc.constantFrom(undefined, "redirect"),
  } satisfies { [Name in keyof Transform]: fc.Arbitrary<Transform[Name]> })
  .filter((transform) => pixelsAsked(transform) <= MAX_OUTPUT_PIXELS);

/** Every option spelled out, defaults too. */
const pairsOf = (transform: Transform) =>
  Object.entries({
    ...transform,
    gravity: writeGravity(transform.gravity),
    background: transform.background && writeColour(transform.background),
    backdrop: typeof transform.backdrop === "string" ? transform.backdrop : writeColour(transform.backdrop),
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);

const transformOf = (options: string, presets?: Presets): Transform => {
  const result = parseTransform(options, presets);
  if (!result.ok) throw new Error(result.detail);
  return result.transform;
};

const codeOf = (options: string, presets?: Presets) => {
  const result = parseTransform(options, presets);
  return result.ok ? "ok" : result.code;
};

describe("parseTransform", () => {
  it("gives the options that are left out their defaults", () => {
    expect(parseTransform("style=handdrawn")).toEqual({
      ok: true,
      transform: {
        style: "handdrawn",
        version: undefined,
        width: undefined,
        height: undefined,
        fit: "scale-down",
        gravity: { x: 0.5, y: 0.5 },
        background: undefined,
        quality: 85,
        format: "auto",
        strength: 1,
        faces: "auto",
        backdrop: "stylize",
        metadata: "copyright",
        onerror: undefined,
      },
      signature: undefined,
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
        expect(transformOf(pairs.join(","))).toEqual(transform);
      }),
    );
  });

  it("reads what was given as it is written again", () => {
    fc.assert(
      fc.property(transforms, (transform) => {
        const read = readOptions(pairsOf(transform).join(","));
        if (!read.ok) throw new Error(read.detail);
        expect(readOptions(writeOptions(read.given))).toEqual(read);
      }),
    );
  });

  it("answers a problem, and nothing else, to any text", () => {
    const nearly = fc.array(
      fc
        .tuple(
          fc.constantFrom(
            "style",
            "width",
            "fit",
            "w",
            "gravity",
            "background",
            "preset",
            "sig",
            "constructor",
            "",
          ),
          fc.string(),
        )
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
    ["style=handdrawn,width=12001", "invalid_option"],
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
    ["style=handdrawn,w=640,width=640", "duplicate_option"],
    ["style=handdrawn,toString=1", "unknown_option"],
    ["style=handdrawn,dpr=0.5", "invalid_option"],
    ["style=handdrawn,dpr=4.01", "invalid_option"],
    ["style=handdrawn,dpr=2.125", "invalid_option"],
    ["style=handdrawn,width=6001,dpr=2", "invalid_option"],
    ["style=handdrawn,height=8001,dpr=1.5", "invalid_option"],
    ["style=handdrawn,gravity=top-left", "invalid_option"],
    ["style=handdrawn,gravity=1.01x0", "invalid_option"],
    ["style=handdrawn,gravity=.5x.5", "invalid_option"],
    ["style=handdrawn,gravity=0.5X0.5", "invalid_option"],
    ["style=handdrawn,gravity=0.5", "invalid_option"],
    ["style=handdrawn,gravity=constructor", "invalid_option"],
    ["style=handdrawn,background=ff0000", "invalid_option"],
    ["style=handdrawn,background=%23ff00", "ok"],
    ["style=handdrawn,background=%23ff000", "invalid_option"],
    ["style=handdrawn,background=reddish", "invalid_option"],
    ["style=handdrawn,background=rgb(256%2C0%2C0)", "invalid_option"],
    ["style=handdrawn,background=rgb(1,2,3)", "invalid_option"], // the comma ends the option
    ["style=handdrawn,background=%zz", "invalid_option"],
    ["style=handdrawn,background=%2523ff0000", "invalid_option"], // decoded once
    ["style=handdrawn,faces=all", "invalid_option"],
    ["style=handdrawn,backdrop=blur", "ok"],
    ["style=handdrawn,backdrop=keep", "ok"],
    ["style=handdrawn,backdrop=transparent", "ok"],
    ["style=handdrawn,backdrop=White", "ok"],
    ["style=handdrawn,backdrop=rgba(1%2C2%2C3%2C.5)", "ok"],
    ["style=handdrawn,backdrop=Blur", "invalid_option"],
    ["style=handdrawn,backdrop=none", "invalid_option"],
    ["style=handdrawn,backdrop=ff0000", "invalid_option"],
    ["style=handdrawn,metadata=all", "invalid_option"],
    ["style=handdrawn,onerror=ignore", "invalid_option"],
    ["style=handdrawn,version=0bd1e93", "invalid_option"],
    ["style=handdrawn,version=0BD1E93A", "invalid_option"],
    ["style=handdrawn,exp=1767225600", "invalid_option"],
    ["style=handdrawn,kid=a", "invalid_option"],
    [`style=handdrawn,sig=${"A".repeat(43)}`, "invalid_option"],
    [`style=handdrawn,kid=a,sig=${"A".repeat(43)}`, "ok"],
    [`style=handdrawn,kid=a,sig=${"A".repeat(42)}`, "invalid_option"],
    [`style=handdrawn,kid=a,sig=${"A".repeat(43)}=`, "invalid_option"],
    [`style=handdrawn,kid=a,sig=${"A".repeat(42)}B`, "invalid_option"], // bits that decode to nothing
    [`style=handdrawn,kid=a b,sig=${"A".repeat(43)}`, "invalid_option"],
    [`style=handdrawn,kid=a,exp=1767225600000,sig=${"A".repeat(43)}`, "invalid_option"],
  ])("takes %j for %s", (options, code) => {
    expect(codeOf(options)).toBe(code);
  });
});

it.each([
  ["widht=640", 'There is no option "widht"; the nearest is "width".'],
  ["Style=handdrawn", 'There is no option "Style"; the nearest is "style".'],
  ["%20style=handdrawn", 'There is no option " style"; the nearest is "style".'],
  ["colour=red", 'There is no option "colour".'],
  ["x=1", 'There is no option "x".'],
  ["gr%C3%B6%C3%9Fe=1", 'There is no option "gr%C3%B6%C3%9Fe".'],
  ["%zz=1", 'There is no option "%zz".'],
  ["%1b%E2%80%AE=1", 'There is no option "%1b%E2%80%AE".'],
  ["style=handdrawn,", "The options end with a comma."],
  [",style=handdrawn", "The options begin with a comma."],
  ["style=handdrawn,,width=1", "The options have two commas in a row."],
  ["style%3Dhanddrawn", '"style%3Dhanddrawn" is not of the form key=value: write "=" and "," as they are.'],
])("of %j it is said what is wrong", (options, detail) => {
  expect(parseTransform(options)).toMatchObject({ detail });
});

it.each([
  ["background=ffe4c4", /^A "#" is to be written as %23: %23ffe4c4\. The option "background" takes/],
  ["background=FFF", /^A "#" .* %23FFF\./],
  ["background=rgb(1,2,3)", /^A comma ends the option: write those within rgb\(\) as %2C\. The option/],
  ["background=reddish", /^The option "background" takes/],
  ["version=1", /^GET \/v1\/styles tells each style's version/],
])("of %j it is said what is nearly right", (options, detail) => {
  expect(parseTransform(options)).toMatchObject({ detail: expect.stringMatching(detail) });
});

it.each([
  ["w=640,h=480,f=webp,q=50,g=left", "width=640,height=480,format=webp,quality=50,gravity=left"],
  ["format=jpg", "format=jpeg"],
  ["gravity=center", "gravity=0.5x0.5"],
  ["gravity=left", "gravity=0x0.5"],
  ["gravity=right", "gravity=1x0.50"],
  ["gravity=top", "gravity=0.5x0"],
  ["gravity=bottom", "gravity=0.5x1.000"],
  ["background=red", "background=%23f00"],
  ["background=ReD", "background=%23FF0000ff"],
  ["background=rebeccapurple", "background=%23663399"],
  ["background=transparent", "background=%230000"],
  ["background=rgb%28240%2C40%2C145%29", "background=rgb(240%20%2040%20145%20)"],
  ["background=rgba(1%2C2%2C3%2C.5)", "background=rgb(1%202%203%20/%2050%25)"],
  ["background=rgba(1%2C2%2C3%2C1)", "background=%23010203"],
  ["metadata=keep", "metadata=copyright"],
  ["width=320,dpr=2", "width=640"],
  ["width=101,height=99,dpr=1.5", "width=152,height=149"],
  ["width=12000,dpr=1.00", "width=12000"],
  ["dpr=3", ""],
])("%s means what %s means", (one, other) => {
  const [a, b] = [one, other].map((options) => transformOf(`style=x${options && ","}${options}`));
  expect(a).toEqual(b);
});

it.each([
  ["aliceblue", [240, 248, 255, 255]],
  ["darkslategrey", [47, 79, 79, 255]],
  ["yellowgreen", [154, 205, 50, 255]],
  ["%2312345678", [18, 52, 86, 120]],
  ["%231238", [17, 34, 51, 136]],
  ["rgb(0 128 255 / .25)", [0, 128, 255, 64]],
])("the colour %s is %j", (text, colour) => {
  expect(transformOf(`style=x,background=${text}`).background).toEqual(colour);
});

describe("presets", () => {
  const named = (text: string, only = false): Presets => {
    const parsed = parsePresets(text);
    if (!parsed.ok) throw new Error(parsed.complaint);
    return { named: parsed.value, only };
  };
  const TEXT = `avatar: style=handdrawn,width=256,height=256,fit=cover,gravity=face ;
    card:style=handdrawn,w=640;size:width=100,dpr=2;`;

  it("stand for their options, which those of the URL replace one by one", () => {
    const options = (url: string) => canonical(transformOf(url, named(TEXT)));
    expect(options("preset=avatar")).toBe("fit=cover,gravity=face,height=256,style=handdrawn,width=256");
    expect(options("dpr=2,preset=avatar,gravity=top,height=100")).toBe(
      "fit=cover,gravity=0.5x0,height=200,style=handdrawn,width=512",
    );
    expect(options("style=other,preset=size,dpr=1")).toBe("style=other,width=100");
  });

  it.each([
    ["preset=avatar", "ok"],
    ["preset=card", "ok"],
    ["preset=avatars", "unknown_preset"],
    ["preset=__proto__", "invalid_option"],
    ["preset=constructor", "unknown_preset"],
    ["preset=size", "missing_style"],
    ["preset=card,preset=card", "duplicate_option"],
    ["preset=card,width=12000,dpr=2", "invalid_option"],
  ])("make %s %s", (options, code) => {
    expect(codeOf(options, named(TEXT))).toBe(code);
  });

  it("are listed for whoever asks for another one, ten at most", () => {
    const detailOf = (text: string) => {
      const result = parseTransform("preset=no", named(text));
      return result.ok ? "ok" : result.detail;
    };
    expect(detailOf("")).toBe('There is no preset "no"; the operator has defined none.');
    expect(detailOf(TEXT)).toBe('There is no preset "no"; there are: avatar, card, size.');
    const many = Array.from({ length: 12 }, (_, at) => `p${at}:width=1`).join(";");
    expect(detailOf(many)).toMatch(/: p0, .*, p9 and 2 more\.$/);
  });

  it("alone are taken where the operator wants that, the option that is too much being named", () => {
    const presets = named(TEXT, true);
    expect(codeOf("preset=avatar", presets)).toBe("ok");
    expect(codeOf(`sig=${"A".repeat(43)},kid=a,exp=1767225600,preset=avatar`, presets)).toBe("ok");
    for (const options of ["style=handdrawn", "preset=avatar,width=1", "preset=avatar,dpr=2"]) {
      expect(codeOf(options, presets)).toBe("presets_only");
    }
    expect(parseTransform("preset=avatar,width=640", presets)).toMatchObject({
      detail: 'The option "width" is not taken here, "preset" is.',
    });
  });

  it.each([
    ["avatar", '"avatar" does not begin'],
    ["Avatar:style=x", "does not begin"],
    ["a:style=x;a:style=y", '"a" is there twice'],
    ["a:width=12001", '"a": The option "width" takes'],
    ["a:", '"a": "" is not of the form'],
    ["a:preset=b", '"a" must not have the option "preset"'],
    ["a:style=x,kid=k", '"a" must not have the option "kid"'],
  ])("cannot be %j", (text, complaint) => {
    expect(parsePresets(text)).toEqual({ ok: false, complaint: expect.stringContaining(complaint) });
  });
});

describe("the pixels that are asked for", () => {
  it.each([
    ["width=4096,height=4096,fit=cover", "ok"], // as a JPEG that is not enlarged
    ["width=4096,height=4097,fit=cover", "invalid_option"],
    ["width=2048,height=1024,fit=pad", "ok"],
    ["width=1025,height=2048,fit=pad", "invalid_option"],
    ["height=2048,fit=pad,width=2048", "invalid_option"],
    ["width=2048,height=2048", "ok"], // scale-down: the picture's own at most
    ["width=2048,height=2048,fit=crop", "ok"],
    ["width=2048,height=2048,fit=contain", "ok"], // the picture fills the box as far as there is room
    ["width=1024,height=1024,dpr=1.5,fit=pad", "invalid_option"], // what is asked for is what comes out
    ["width=2048,fit=cover", "ok"], // the height follows as far as there is room
  ])("with %s are %s", (options, code) => {
    expect(codeOf(`style=handdrawn,${options}`)).toBe(code);
  });

  it("are refused by the options' names", () => {
    expect(parseTransform("style=handdrawn,width=2048,height=2048,fit=pad")).toMatchObject({
      detail: 'With "fit=pad" the options "width" and "height" may ask for 2097152 pixels, not 2048 by 2048.',
    });
  });
});

describe("canonical", () => {
  it("is read back to the same value", () => {
    fc.assert(
      fc.property(transforms, (transform) => {
        expect(transformOf(canonical(transform))).toEqual(transform);
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

describe("what cache keys are made of", () => {
  const key = (options: string) => pictureOptions(transformOf(`style=x,${options}`), "webp");

  it.each([
    ["width=9,height=9,fit=cover,version=01234567", "width=9,height=9,fit=cover"],
    ["onerror=redirect,width=9", "width=9"],
    ["width=9,gravity=auto", "width=9"],
    ["width=9,fit=cover,gravity=auto", "width=9,fit=cover"],
    ["width=9,height=9,fit=pad,gravity=left", "width=9,height=9,fit=pad"],
    ["format=auto", "format=png"],
  ])("is the same for %s and %s", (one, other) => {
    expect(key(one)).toBe(key(other));
  });

  it.each([
    ["width=9,height=9,fit=crop,gravity=auto", "width=9,height=9,fit=crop,gravity=face"],
    ["background=red", "background=blue"],
    ["background=%23000", "background=%230000"],
    ["metadata=none", "metadata=copyright"],
    ["quality=1", "quality=2"],
  ])("is not for %s and %s", (one, other) => {
    expect(key(one)).not.toBe(key(other));
  });

  it("has no quality where nothing is lost", () => {
    expect(pictureOptions(transformOf("style=x,quality=9"), "png")).toBe(
      pictureOptions(transformOf("style=x"), "png"),
    );
  });
});
