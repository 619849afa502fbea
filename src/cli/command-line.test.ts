import { describe, expect, it } from "vitest";
import { choiceOf, numberOf, numbersOf, readCommandLine, urlOf } from "./command-line.mjs";

const USAGE = "Draws.\n\n  npm run draw -- FOLDER [FILE]   draws\n";
const text = { type: "string" } as const;
const read = (...args: string[]) =>
  readCommandLine(args, {
    usage: USAGE,
    options: { seconds: text, url: { ...text, multiple: true }, fast: { type: "boolean" } },
    takes: [1, 2],
  });

const complaint = (sentence: string | RegExp) =>
  expect.objectContaining({
    name: "Complaint",
    code: 2,
    message: typeof sentence === "string" ? sentence : expect.stringMatching(sentence),
  });

describe("a command line", () => {
  it("is options and what they are about, in any order", () => {
    const { values, positionals } = read("a", "--url", "x", "--seconds=-5", "--fast", "--url=y", "--", "--b");
    expect({ ...values }).toEqual({ url: ["x", "y"], seconds: "-5", fast: true });
    expect(positionals).toEqual(["a", "--b"]);
  });

  it.each([[["--help"]], [["-h", "--fast"]], [["a", "b", "c", "--help"]]])(
    "asks for help with %j, whatever is missing or too much",
    (args) => expect(read(...args).values.help).toBe(true),
  );

  it("takes a wrong number for a number", () => {
    expect(read("a", "--seconds", "-5").values.seconds).toBe("-5");
  });

  it.each<[string[], string]>([
    [["a", "--colour"], "There is no --colour: the options are --seconds, --url, --fast, --help."],
    [["a", "-x"], "There is no -x: the options are --seconds, --url, --fast, --help."],
    [["a", "--toString"], "There is no --toString: the options are --seconds, --url, --fast, --help."],
    [["a", "--seconds"], "--seconds takes a value."],
    [["a", "--seconds", "--fast"], "--seconds takes a value."],
    [["a", "--fast=no"], "--fast takes no value."],
    [[], "Something is missing: npm run draw -- FOLDER [FILE]. --help says more."],
    [["a", "b", "c"], '"c" is too much: npm run draw -- FOLDER [FILE]. --help says more.'],
  ])("makes no sense as %j, which one line says", (args, sentence) => {
    expect(() => read(...args)).toThrow(complaint(sentence));
  });

  it("takes nothing but --help, unless it says so", () => {
    expect(() => readCommandLine(["--x"], { usage: USAGE })).toThrow(
      complaint("There is no --x: the only option is --help."),
    );
    expect(() => readCommandLine(["x"], { usage: USAGE })).toThrow(complaint(/^"x" is too much/));
  });
});

describe("a number", () => {
  it.each([
    "0",
    "-1",
    "1001",
    "1e999",
    "NaN",
    "Infinity",
    "",
    " ",
    "x",
    "1.5",
    "0x10",
    "1e2",
    "9".repeat(400),
  ])("is not %j, where a whole one up to 1000 is wanted", (wrong) => {
    const sentence = `--rounds takes a whole number from 1 to 1000, not "${wrong}".`;
    expect(() => numberOf("--rounds", wrong, { most: 1000 })).toThrow(complaint(sentence));
  });

  it.each(["NaN", "-0.1", "Infinity", "", "1e999", "x"])("is not %j, where any is wanted", (wrong) => {
    expect(() => numberOf("--unique", wrong, { least: 0, isWhole: false })).toThrow(
      complaint(/takes a number/),
    );
  });

  it("is what it says", () => {
    expect(numberOf("--rounds", "7")).toBe(7);
    expect(numberOf("--unique", "1.5e3", { isWhole: false })).toBe(1500);
    expect(numbersOf("--sizes", "256, 512")).toEqual([256, 512]);
    expect(() => numbersOf("--sizes", "256,,512")).toThrow(complaint(/^--sizes takes .*, not ""\.$/));
  });
});

it("a choice is one of those that there are", () => {
  expect(choiceOf("--engine", "edge", ["edge", "vm"])).toBe("edge");
  expect(() => choiceOf("--engine", "gpu", ["edge", "vm"])).toThrow(
    complaint('--engine is one of edge, vm, not "gpu".'),
  );
});

it("a server's URL is http or https", () => {
  expect(urlOf("--url", "http://127.0.0.1:8000/")).toBe("http://127.0.0.1:8000");
  for (const wrong of ["localhost:8000", "ftp://a", "", "/a"])
    expect(() => urlOf("--url", wrong)).toThrow(complaint(/^--url takes an http or https URL, not/));
});
