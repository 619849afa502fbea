import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { capture } from "../src/cli/setup/command.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const pages = await Promise.all(
  ["production", "storage"].map((name) => readFile(join(ROOT, `docs/${name}.md`), "utf8")),
);
const text = pages.join("\n");
const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false", NO_COLOR: "1" };

/** What is behind `npm run wrangler --`, up to what is not a flag's or a word of it: its own words and its flags, without arguments. */
const wrangler = [...text.matchAll(/npm run wrangler -- ([^`\n#]+)/g)].map(([, command = ""]) => {
  const words = command.trim().split(" ");
  const argument = words.findIndex((word) => !/^[a-z0-9]+$/.test(word));
  const own = argument < 0 ? words : words.slice(0, argument);
  return [...own, ...words.filter((word) => word.startsWith("--"))].join(" ");
});

it.each([...new Set(wrangler)])("wrangler %s: there is such a command, with these flags", async (command) => {
  const words = command.split(" ");
  const [own, flags] = [
    words.filter((word) => !word.startsWith("--")),
    words.filter((word) => word.startsWith("--")),
  ];
  const program = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const { code, output } = await capture(process.execPath, [program, ...own, "--help"], { cwd: ROOT, env });
  expect(code).toBe(0);
  expect(output).toContain(`wrangler ${own.join(" ")}`);
  expect(flags.filter((flag) => !output.includes(flag))).toEqual([]);
});

it("every other npm script that they name is there", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const named = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, script = ""]) => script);
  expect([...new Set(named)].filter((script) => !(script in scripts))).toEqual([]);
});

it("their links lead somewhere", async () => {
  const missing = [];
  for (const [, path = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    const is = await capture("test", ["-e", join(ROOT, "docs", path)]);
    if (is.code !== 0) missing.push(path);
  }
  expect(missing).toEqual([]);
});
