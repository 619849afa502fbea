import { expect, it } from "vitest";
import { wrapped } from "./terminal.mjs";

const on = (columns: number, text: string) => wrapped(text, { isTTY: true, columns });

it("breaks long lines between words, and keeps how far they are indented", () => {
  expect(on(12, "one two three four\n  five six seven\n")).toBe("one two\nthree four\n  five six\n  seven\n");
});

it("leaves what fits, and words that do not, such as URLs, as they are", () => {
  expect(on(12, "ID    STATE\n\nmsg_1 dead")).toBe("ID    STATE\n\nmsg_1 dead");
  expect(on(12, "at https://example.com/me.jpg now")).toBe("at\nhttps://example.com/me.jpg\nnow");
});

it("leaves everything as it is where no terminal shows it", () => {
  expect(wrapped("a".repeat(90).replaceAll("aa", "a "), {})).toHaveLength(90);
});
