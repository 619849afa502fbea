import { expect, it } from "vitest";
import document from "../../docs/options.md?raw";
import { optionsPage } from "./options-page.ts";
import { FIELDS } from "./transform/fields.ts";

it("docs/options.md is made of the options as they are read; to renew it, see the failing test's expectation", () => {
  expect(document).toBe(optionsPage());
});

it.each(Object.keys(FIELDS))("%s has a row of four cells", (name) => {
  const row = document.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
  expect(row?.match(/\|/g)).toHaveLength(5);
});

it("every link within it leads to a heading of its own, or to a document", () => {
  const headings = [...document.matchAll(/^## (.*)$/gm)].map(([, text = ""]) =>
    text.toLowerCase().replaceAll(" ", "-"),
  );
  const links = [...document.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(2);
  for (const anchor of links) expect(headings).toContain(anchor);
});
