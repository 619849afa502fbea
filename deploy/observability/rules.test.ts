import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { capture } from "../../src/cli/setup/command.mjs";
import { findPromtool } from "../../src/cli/setup/promtool.mjs";

const HERE = fileURLToPath(new URL("prometheus", import.meta.url));
const promtool = await findPromtool();

it.for([
  ["test", "rules", "alerts.test.yml"],
  ["check", "config", "prometheus.yml"],
] as const)("promtool %s %s %s", async ([verb, what, file], { skip }) => {
  if (promtool === undefined) return skip("there is no promtool for this machine: install Prometheus");
  const { code, output } = await capture(promtool, [verb, what, file], { cwd: HERE });
  expect(output).toMatch(/SUCCESS/);
  expect(code, output).toBe(0);
});

it("every alert is made to fire by one of the rules' tests", async () => {
  const { groups } = parse(await readFile(join(HERE, "alerts.yml"), "utf8"));
  const tests = await readFile(join(HERE, "alerts.test.yml"), "utf8");
  const alerts = groups.flatMap(({ rules }: { rules: { alert?: string }[] }) =>
    rules.flatMap(({ alert }) => alert ?? []),
  );
  const fired = new Set([...tests.matchAll(/labels: '[^']*alertname="(\w+)"/g)].map(([, name]) => name));
  expect(alerts.filter((alert: string) => !fired.has(alert))).toEqual([]);
});
