import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Complaint } from "../complaint.mjs";
import type { Place } from "./command.ts";
import { stylegate } from "./program.ts";

// What can be said without a service; what needs one is in tests/cli.test.ts.

let folder: string;
let photo: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-program-"));
  photo = join(folder, "photo.png");
  await writeFile(photo, "");
});

afterAll(() => rm(folder, { recursive: true }));

async function run(args: string[]) {
  const stdout = new PassThrough();
  const place = {
    ...{ env: {}, stdin: new PassThrough(), stdout, stderr: new PassThrough() },
    stop: new AbortController().signal,
  } as unknown as Place;
  const code = await stylegate(args, place);
  return { code, stdout: String(stdout.read() ?? "") };
}

describe("a command line that makes no sense", () => {
  it.each<[string, string[], RegExp]>([
    ["no style", ["PHOTO"], /^Say in which style/],
    ["a flag that is none", ["PHOTO", "--stlye", "toon"], /^There is no --stlye; did you mean --style\?/],
    ["a flag of another command", ["keys", "list", "--style", "toon"], /^There is no --style; --help lists/],
    ["a command that is none", ["kyes"], /^There is no file "kyes"; did you mean stylegate keys\?/],
    ["a word that is nothing", ["frob"], /^There is no file "frob", nor such a command: --help lists them/],
    ["a part of a command that is none", ["keys", "rotat"], /did you mean keys rotate\?/],
    ["half a command", ["webhooks"], /^stylegate webhooks is followed by what to do:/],
    ["a command without what it is about", ["keys", "show"], /^Something is missing: stylegate keys show ID/],
    ["too much", ["keys", "show", "key_1", "key_2"], /"key_2" is too much/],
    ["a value out of its range", ["PHOTO", "-s", "toon", "--width", "0"], /^--width cannot be "0"/],
    ["a value that is none", ["PHOTO", "-s", "toon", "--fit", "crooked"], /^--fit cannot be "crooked"/],
    ["a flag without its value", ["PHOTO", "-s", "toon", "--width"], /^--width takes a value/],
    ["a file for two pictures", ["PHOTO", "-s", "toon,3d", "-o", "out.jpg"], /several pictures/],
    ["a file without a format", ["PHOTO", "-s", "toon", "-o", "out"], /does not say the format/],
    ["two formats", ["PHOTO", "-s", "toon", "-o", "out.jpg", "-f", "webp"], /says jpeg, and --format webp/],
    ["one name for two pictures", ["PHOTO", "-s", "toon,3d", "--name", "{name}"], /^--name needs \{style\}/],
    [
      "a name that leaves the folder",
      ["PHOTO", "-s", "toon", "-o", "x/", "--name", "../{name}"],
      /stay within/,
    ],
    ["a key that everybody can see", ["PHOTO", "-s", "toon", "--key", "sg_x"], /^A key is never taken/],
    ["a URL that is none", ["styles", "--url", "localhost:8787"], /^--url takes an http or https URL/],
    [
      "a scope that is none",
      ["keys", "create", "--name", "a", "--scopes", "all"],
      /^There is no scope "all"/,
    ],
    ["a day that is none", ["keys", "create", "--expires", "tomorrow"], /^--expires takes a day or a time/],
    ["a purge of nothing", ["purge"], /^Say what to purge/],
  ])("is said to have %s, with exit code 2", async (_, args, complaint) => {
    const error = await run(args.map((arg) => (arg === "PHOTO" ? photo : arg))).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(Complaint);
    expect((error as Complaint).message).toMatch(complaint);
    expect((error as Complaint).code).toBe(2);
  });
});

describe("--help", () => {
  it("says of every command how to use it, in 80 columns", async () => {
    const { stdout: overview } = await run(["--help"]);
    const names = [...overview.matchAll(/^ {2}((?:[a-z]+ )+) {1,}[a-z]/gm)].map(([, name = ""]) =>
      name.trim(),
    );
    expect(names).toEqual(expect.arrayContaining(["keys create", "purge", "sign", "usage"]));
    const helps = await Promise.all(["draw", ...names].map((name) => run([...name.split(" "), "--help"])));
    for (const [at, { code, stdout }] of helps.entries()) {
      expect(code).toBe(0);
      expect(stdout).toContain(`stylegate ${at === 0 ? "PHOTO" : names[at - 1]}`);
      expect(longLines(stdout)).toEqual([]);
    }
    expect(longLines(overview)).toEqual([]);
  });

  it.each(["keys", "webhooks", "users", "uploads"])("lists what %s is followed by", async (group) => {
    for (const flag of ["--help", "-h"]) {
      const { code, stdout } = await run([group, flag]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^  stylegate ${group} \\w+ {2,}[a-z]`, "m"));
      expect(longLines(stdout)).toEqual([]);
    }
  });
});

const longLines = (text: string) => text.split("\n").filter((line) => line.length > 80);
