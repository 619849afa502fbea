import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../../src/cli/root.mjs";
import { GROUPS } from "./index.ts";
import { REPOSITORY } from "./repository.ts";

const checks = [...GROUPS, REPOSITORY].flatMap(({ checks }) => checks);

it.each(checks)("$name: the file of the Worker that needs it is there", ({ source }) => {
  const files = [...source.matchAll(/\bsrc\/[\w/.-]+\.ts\b/g)].map(([file]) => file);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});
