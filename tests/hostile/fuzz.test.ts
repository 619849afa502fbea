import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { signedText } from "../../src/contract/signature.ts";
import { parseSource, sourceText, spellSource } from "../../src/contract/source.ts";
import { FIELDS } from "../../src/contract/transform/fields.ts";
import { canonical, MAX_SIDE, parseTransform } from "../../src/contract/transform.ts";
import { joined } from "../../src/edge/source/probe/bytes.ts";
import { MAX_SOURCE_SIDE, probe } from "../../src/edge/source/probe.ts";
import { PICTURE_NAMES, readPicture } from "../fixtures/pictures/files.ts";
import { countReads } from "../support/reads.ts";
import { hostileFiles } from "./files/index.ts";
import { codeOf, signedPath, WORKERS } from "./lines/line.ts";
import { ORIGIN, type Service, startService } from "./service.ts";

/** The same in every run; FUZZ_RUNS times as many cases (1), or FUZZ_SEED for others. */
const TIMES = Number(process.env.FUZZ_RUNS ?? 1);
const runs = (few: number) => ({ numRuns: few * TIMES, seed: Number(process.env.FUZZ_SEED ?? 20_261_125) });

vi.setConfig({ testTimeout: 120_000 * Math.max(1, TIMES) });

/** What options and sources are made of, and what they must not be confused by. */
const SCRAPS = [
  ...Object.keys(FIELDS),
  ...[
    "=",
    ",",
    "/",
    "%",
    "%2C",
    "%23",
    ":",
    "//",
    "..",
    "%2e",
    "\\",
    "@",
    "?",
    "#",
    "\0",
    "\r\n",
    " ",
    "é",
    "💥",
    "\ud800",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "NaN",
    "Infinity",
    "1e3",
    "-1",
    "0x10",
    "0",
    "2048",
    "2049",
    "4",
    "0.5",
    "1.005",
  ],
  ...[
    "http",
    "https",
    "ftp",
    "r2",
    "upload",
    "127.0.0.1",
    "[::1]",
    "photos.example.com",
    "localhost",
    "rgb(1 2 3)",
    "red",
    "auto",
  ],
];

const scraps = fc
  .array(fc.oneof(fc.constantFrom(...SCRAPS), fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 30 })
  .map((parts) => parts.join(""));

const option = fc
  .tuple(
    fc.constantFrom(...Object.keys(FIELDS)),
    fc.oneof(scraps, fc.constantFrom(...SCRAPS), fc.nat(5000).map(String)),
  )
  .map((pair) => pair.join("="));
const options = fc.oneof(
  scraps,
  fc.array(option, { maxLength: 6 }).map((pairs) => ["style=handdrawn", ...pairs].join(",")),
);

describe("the grammar", () => {
  it("reads every text or says what is wrong with it, and reads its own spelling back", () => {
    let read = 0;
    fc.assert(
      fc.property(options, (text) => {
        const parsed = parseTransform(text);
        if (!parsed.ok) {
          expect(parsed.detail).toMatch(/^[ -~…]+\.$/); // nothing of the text that is not plain
          return;
        }
        read++;
        const { width = 1, height = 1 } = parsed.transform;
        expect(Math.max(width, height)).toBeLessThanOrEqual(MAX_SIDE);
        expect(parseTransform(canonical(parsed.transform))).toEqual({ ...parsed, signature: undefined });
      }),
      runs(20_000),
    );
    expect(read).toBeGreaterThan(100); // else it is not the grammar that was looked at
  });

  it("reads every source or says what is wrong with it, and reads its own spelling back", () => {
    const source = fc.oneof(
      scraps,
      scraps.map((rest) => `http://photos.example.com/${rest}`),
      scraps.map((rest) => encodeURIComponent(rest.toWellFormed())),
      scraps.map((rest) => `r2:photos/${rest}`),
    );
    let read = 0;
    fc.assert(
      fc.property(source, (text) => {
        const parsed = parseSource(text);
        if (!parsed.ok) {
          expect(parsed.detail).toMatch(/\.$/);
          return;
        }
        read++;
        const spelled = spellSource(parsed.source);
        expect(spelled).not.toMatch(/[\s\p{Cc}\\]/u);
        const again = parseSource(spelled);
        expect(again.ok && spellSource(again.source)).toBe(spelled);
        if (parsed.source.kind === "url")
          expect(parsed.source.url.username + parsed.source.url.password).toBe("");
        expect(() => sourceText(text)).not.toThrow();
      }),
      runs(20_000),
    );
    expect(read).toBeGreaterThan(100);
  });
});

describe("the probe", () => {
  /** Bytes looked at, for each of the file's, and what every file may cost besides. Lists are read several times over, never more often. */
  const [FOR_EACH, BESIDES] = [12, 40_000];

  const judge = (bytes: Uint8Array) => {
    const reads = countReads(() => {
      const probed = probe(bytes);
      if (!probed.ok) {
        expect(probed.detail).toMatch(/\.$/);
        return;
      }
      const { width, height, orientation } = probed;
      for (const side of [width, height])
        expect(Number.isInteger(side) && side > 0 && side <= MAX_SOURCE_SIDE).toBe(true);
      expect(width * height).toBeLessThanOrEqual(50_000_000);
      expect(orientation >= 1 && orientation <= 8).toBe(true);
    });
    expect(reads).toBeLessThanOrEqual(FOR_EACH * bytes.length + BESIDES);
  };

  it("looks a bounded number of times at each of the hostile files", () => {
    for (const file of hostileFiles(1)) judge(file.make());
  });

  it("says something of whatever follows a signature", () => {
    const signatures = PICTURE_NAMES.map((name) => readPicture(name).subarray(0, 40));
    fc.assert(
      fc.property(
        fc.constantFrom(...signatures),
        fc.nat(40),
        fc.uint8Array({ maxLength: 600 }),
        (head, length, rest) => judge(joined([head.subarray(0, length), rest])),
      ),
      runs(20_000),
    );
  });

  const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255))), {
    minLength: 1,
    maxLength: 12,
  });

  it("says something of every picture with bytes changed, taken out and put in", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PICTURE_NAMES),
        changes,
        fc.nat(),
        fc.nat(64),
        (name, changes, at, length) => {
          const bytes = readPicture(name);
          for (const [place, value] of changes) bytes[place % Math.min(bytes.length, 2000)] = value;
          const cut = at % bytes.length;
          judge(bytes);
          judge(joined([bytes.subarray(0, cut), bytes.subarray(cut + length)]));
          judge(joined([bytes.subarray(0, cut + length), bytes.subarray(cut)]));
        },
      ),
      runs(10_000),
    );
  });

  it("does not see what lies around a file in memory", () => {
    fc.assert(
      fc.property(fc.constantFrom(...PICTURE_NAMES), changes, fc.nat(), (name, changes, length) => {
        const bytes = readPicture(name).slice(0, 1 + (length % 4000));
        for (const [place, value] of changes) bytes[place % bytes.length] = value;
        const before = Buffer.alloc(bytes.length + 8192, readPicture(name));
        before.set(bytes, 4096);
        expect(probe(new Uint8Array(before.buffer, before.byteOffset + 4096, bytes.length))).toEqual(
          probe(bytes),
        );
      }),
      runs(5_000),
    );
  });
});

describe("a signature, at the Worker", () => {
  let service: Service<"signed">;
  beforeAll(async () => {
    service = await startService({ signed: WORKERS.signed });
  });
  afterAll(() => service?.stop());

  const SOURCE = `${ORIGIN}/status/404?v=1`; // told of only if the signature holds
  const OPTIONS = "style=handdrawn,width=64,exp=9999999999";

  /** What was signed, of a path as it stands; the sorting is the signature's, the rest is this test's own. */
  const meaning = (path: string) => {
    const [, options = "", source = ""] = /^\/image\/([^/?#]*)\/?([^#]*)/.exec(path) ?? [];
    return signedText(options, sourceText(source) ?? "\0");
  };

  it("holds for no URL but the one that was signed", async () => {
    const path = await signedPath(SOURCE, OPTIONS);
    expect(codeOf(await service.ask("signed", path))).toBe("source_not_found");
    const sig = /sig=([\w-]+)/.exec(path)?.[1] as string;
    const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    const mutation = fc.oneof(
      fc.tuple(fc.nat(), visible).map(
        ([at, letter]) =>
          (text: string) =>
            splice(text, at, 1, letter),
      ),
      fc.tuple(fc.nat(), visible).map(
        ([at, letter]) =>
          (text: string) =>
            splice(text, at, 0, letter),
      ),
      fc.nat().map((at) => (text: string) => splice(text, at, 1, "")),
      fc.tuple(fc.nat(), fc.nat()).map(
        ([at, to]) =>
          (text: string) =>
            swap(text, at, to),
      ),
      option.map(
        (pair) => (text: string) => text.replace("/image/", `/image/${encodeURI(pair.toWellFormed())},`),
      ),
      fc
        .nat(42)
        .map((at) => (text: string) => text.replace(sig, splice(sig, at, 1, sig[at] === "A" ? "B" : "A"))),
      fc.nat(42).map((length) => (text: string) => text.replace(sig, sig.slice(0, length))),
    );
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const mutated = mutations.reduce((text, mutate) => mutate(text), path.slice(1));
        const asked = `/${mutated}`;
        const answer = await service.ask("signed", asked);
        expect(answer.status, asked).toBeLessThan(500);
        if (!/^source_|^unknown_(?:style|version)$/.test(codeOf(answer) ?? "")) return; // what is told past the signature
        accepted++;
        expect(asked).toContain(`sig=${sig}`);
        expect(meaning(asked)).toBe(meaning(path));
      }),
      runs(1_000),
    );
    expect(accepted).toBeLessThan(500 * TIMES); // else nothing was changed
  });
});

function splice(text: string, at: number, count: number, letter: string): string {
  const place = at % text.length;
  return text.slice(0, place) + letter + text.slice(place + count);
}

function swap(text: string, at: number, to: number): string {
  const letters = [...text];
  const [one, two] = [at % letters.length, to % letters.length];
  [letters[one], letters[two]] = [letters[two] as string, letters[one] as string];
  return letters.join("");
}
