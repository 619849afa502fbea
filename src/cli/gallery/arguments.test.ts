import { describe, expect, it } from "vitest";
import { STYLES } from "../../contract/style.ts";
import { readArguments } from "./arguments.ts";

describe("npm run gallery's arguments", () => {
  it("a folder is enough", () => {
    expect(readArguments(["photos"])).toEqual({
      kind: "gallery",
      folder: "photos",
      style: STYLES[0]?.id,
      out: "gallery.html",
    });
  });

  it("the style and the file may be chosen", () => {
    const asked = readArguments(["--style", "toon", "photos", "--out", "a.html"]);
    expect(asked).toEqual({ kind: "gallery", folder: "photos", style: "toon", out: "a.html" });
  });

  it.each([
    [[], "npm run gallery -- FOLDER"],
    [["a", "b"], '"b"'],
    [["a", "--style", "oil"], 'There is no style "oil"'],
    [["a", "--colour", "red"], "--colour"],
  ])("%j is refused with a sentence and code 2", (args, sentence) => {
    expect(() => readArguments(args)).toThrow(
      expect.objectContaining({ name: "Complaint", code: 2, message: expect.stringContaining(sentence) }),
    );
  });
});
