import { expect, it } from "vitest";
import document from "../../../../docs/api.md?raw";
import { anchorOf } from "../../anchor.ts";
import { OPERATIONS } from "../operations.ts";
import { EXAMPLES } from "./examples.ts";
import { apiPage } from "./page.ts";

it("docs/api.md is made of the OpenAPI document; to renew it, run npm run client", () => {
  expect(document).toBe(apiPage());
});

it("every operation has an example, and every example an operation", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(OPERATIONS.map(({ operationId }) => operationId).sort());
});

it("every link within it leads to a heading of its own, each of which is there once", () => {
  const headings = [...document.matchAll(/^#{2,3} (.*)$/gm)].map(([, text = ""]) => anchorOf(text));
  expect(headings.filter((heading, at) => headings.indexOf(heading) !== at)).toEqual([]);
  const links = [...document.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(50);
  for (const anchor of links) expect(headings).toContain(anchor);
});

it("every row of a table has as many cells as its head", () => {
  const tables = document.split("\n\n").filter((block) => block.startsWith("| "));
  expect(tables.length).toBeGreaterThan(30);
  for (const table of tables) {
    const counts = table
      .trimEnd()
      .split("\n")
      .map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(new Set(counts).size).toBe(1);
  }
});
