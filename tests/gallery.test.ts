import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { processesWith } from "./support/processes.ts";
import { MODELS } from "./support/service.ts";

// `npm run gallery` over a few files, with the Worker and the networks that it starts.

const file = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const COMMAND = file("src/cli/gallery/main.ts");

/** Of one test; its name marks the processes that the test starts, as a part of TMPDIR. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-gallery-test-"));
});

afterEach(async () => {
  await expect.poll(() => processesWith(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    env: { ...process.env, TMPDIR: folder, INFERENCE_URL: "", MODELS },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = once(child, "close").then(() => ({ code: child.exitCode, output }));
  return { child, ended };
}

const photos = () => join(folder, "photos");

async function somePhotos() {
  await mkdir(join(photos(), "more"), { recursive: true });
  await copyFile(file("src/edge/page/sample.jpg"), join(photos(), "sample.jpg"));
  await copyFile(file("tests/fixtures/pictures/exif-6.jpg"), join(photos(), "exif-6.JPG"));
  await copyFile(file("tests/fixtures/pictures/phone.heic"), join(photos(), "more/phone.heic"));
  await writeFile(join(photos(), "more/broken.png"), "no picture");
  await writeFile(join(photos(), "notes.txt"), "no picture either");
}

/** The page's part about one file. */
const cardOf = (page: string, name: string) =>
  page.split("<article").find((card) => card.includes(`>${name}</a>`)) ?? "";

describe("npm run gallery", () => {
  it("shows every picture of a folder with its drawing, and what is wrong with a broken one", async () => {
    await somePhotos();
    const out = join(folder, "page.html");
    const { code, output } = await start(photos(), "--style", "handdrawn", "--out", out).ended;
    expect(output).toMatch(/^4 pictures, 3 drawings, 1 problem, 1 face, .*\n.*page\.html \(\d+ kB\)\n$/);
    expect(code).toBe(0);
    const page = await readFile(out, "utf8");
    expect(page.match(/<article/g)).toHaveLength(4);

    const sample = cardOf(page, "sample.jpg");
    expect(sample).toContain("1 face: 1 by itself");
    expect(sample).toMatch(/3 inferences: (?=.*ttn_handdrawn_int8 2)(?=.*face_detector 1)/);
    expect(sample.match(/<rect class="head"/g)).toHaveLength(2);
    for (const step of ["decode", "infer", "detect", "heads", "encode"]) {
      expect(sample).toContain(`<i class="${step}"`);
    }
    const turned = cardOf(page, "exif-6.JPG");
    const [photo, drawing] = [
      ...turned.matchAll(/<img src="data:image\/webp[^"]*" width="(\d+)" height="(\d+)"/g),
    ];
    expect(photo?.slice(1)).toEqual(drawing?.slice(1));
    expect(Number(photo?.[1])).toBeLessThan(Number(photo?.[2]));
    expect(cardOf(page, "more/phone.heic").match(/<img src="data:image\/webp/g)).toHaveLength(2);
    expect(cardOf(page, "more/broken.png")).toContain("<code>unsupported_format</code>");
    expect(page).not.toContain("notes.txt");
  });

  it("ends with all that it started on Ctrl-C, and writes no page", async () => {
    await somePhotos();
    const out = join(folder, "page.html");
    const { child, ended } = start(photos(), "--out", out);
    await expect.poll(async () => (await processesWith(folder)).join()).toMatch(/workerd/);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(await processesWith(folder)).toEqual([]);
    await expect(readFile(out)).rejects.toThrow("ENOENT");
  });

  it.each([
    ["no folder", ["nowhere"], /nowhere cannot be read: there is no such file or folder\./],
    ["a folder without pictures", ["."], /has no JPEG, PNG, WebP, AVIF, HEIC or GIF files\./],
    ["an unknown style", [".", "--style", "oil"], /There is no style "oil"/],
  ])("%s is told in a sentence, with code 2", async (_, [path = "", ...args], sentence) => {
    const { code, output } = await start(join(folder, path), ...args).ended;
    expect(output).toMatch(sentence);
    expect(output).not.toContain("    at ");
    expect(code).toBe(2);
  });
});
