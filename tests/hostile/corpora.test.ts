import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import sharp from "sharp";
import { expect, it, vi } from "vitest";
import { codeOf } from "./lines/line.ts";
import { startService } from "./service.ts";

/**
 * Other people's collections of pictures, such as PngSuite and the test pictures of image-rs: CORPUS names a folder, which is searched to the
 * bottom. What sharp (libvips) decodes without a warning must be drawn, what it refuses must be refused, and what is of no format that is
 * supported must be told so. Prints how many there were of each, and what became of those that are not drawn.
 */

vi.setConfig({ testTimeout: 1_800_000 });

const { CORPUS } = process.env;

/** How the formats begin that are read; HEIF's brands follow its first four bytes. */
const BEGINNINGS = ["\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF87a", "GIF89a", "RIFF"];
const BRANDS = ["mif1", "heic", "heix", "avif", "msf1", "avis", "hevc"];

const isSupported = (head: string) =>
  head.slice(4, 8) === "ftyp"
    ? BRANDS.includes(head.slice(8, 12))
    : BEGINNINGS.some((beginning) => head.startsWith(beginning)) &&
      (!head.startsWith("RIFF") || head.slice(8, 12) === "WEBP");

type Expected = "picture" | "refusal" | "unsupported_format" | "picture_too_small" | "too_many_pixels";

async function expectation(bytes: Buffer): Promise<Expected> {
  if (!isSupported(bytes.subarray(0, 12).toString("latin1"))) return "unsupported_format";
  try {
    const picture = sharp(bytes, { failOn: "warning", page: 0, pages: 1 });
    const { width, height } = await picture.metadata();
    await picture.raw().toBuffer();
    const [short, long] = [Math.min(width, height), Math.max(width, height)];
    if (long * short > 50_000_000) return "too_many_pixels";
    return Math.round(short * Math.min(1, 768 / long)) < 32 ? "picture_too_small" : "picture";
  } catch {
    return "refusal";
  }
}

it("every valid file of a supported format is drawn, every other refused", async ({ skip }) => {
  if (!CORPUS) return skip("no corpus is part of the repository: set CORPUS to a folder of pictures");
  const names = (await readdir(CORPUS, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const service = await startService({ open: { ALLOWED_SOURCES: "photos.example.com" } });
  const counts = new Map<string, number>();
  const [refused, wrong]: [string[], string[]] = [[], []];
  try {
    for (const [number, name] of names.entries()) {
      const bytes = await readFile(name);
      const source = service.offer(`${number}`, bytes);
      const answer = await service.ask("open", `/image/style=handdrawn,width=64/${source}`);
      const found = answer.status === 200 ? "picture" : (codeOf(answer) ?? "nothing");
      const expected = await expectation(bytes);
      counts.set(`${expected} → ${found}`, (counts.get(`${expected} → ${found}`) ?? 0) + 1);
      const line = `${relative(CORPUS, name)}: ${found === "picture" ? found : JSON.parse(answer.bytes.toString()).detail}`;
      const isRefusal = answer.status >= 400 && answer.status < 500;
      if (expected === "refusal" ? !isRefusal : found !== expected)
        wrong.push(`${line} Expected: ${expected}.`);
      else if (expected === "refusal") refused.push(line);
    }
  } finally {
    await service.stop();
  }
  console.log(
    [`${names.length} files`, ...[...counts].map((pair) => pair.join(": ")), ...refused].join("\n"),
  );
  expect(names.length).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
});
