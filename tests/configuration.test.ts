import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readSettings } from "../src/cli/serve/settings.mjs";
import { parseConfig } from "../src/edge/config.ts";
import { readConfig } from "../src/inference/config.ts";
import { readWranglerConfig } from "./support/wrangler.ts";

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");

/** Variable → default, of the table below a heading of docs/configuration.md. */
function table(heading: string): Map<string, string> {
  const [, section = ""] = read("docs/configuration.md").split(`## ${heading}\n`);
  const [rows = ""] = section.split("\n## ");
  return new Map(
    [...rows.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name = "", text = ""]) => [
      name,
      text.replaceAll("`", "").replace('""', ""),
    ]),
  );
}

/** The names that a function reads of its environment. */
function namesRead(work: (env: Record<string, string | undefined>) => unknown): string[] {
  const names = new Set<string>();
  work(
    new Proxy<Record<string, string | undefined>>(
      {},
      {
        get: (_, name) => {
          names.add(String(name));
          return undefined;
        },
      },
    ),
  );
  return [...names].sort();
}

describe("docs/configuration.md describes every variable and no other:", () => {
  const worker = table("The Worker");
  const secrets = table("The Worker's secrets");
  const inference = table("The embedded inference server");
  const start = table("`npm start`");

  it("the Worker's, with wrangler.toml's defaults", () => {
    expect([...worker.keys(), ...secrets.keys()].sort()).toEqual(namesRead(parseConfig));
    expect(Object.fromEntries(worker)).toEqual(readWranglerConfig().vars);
  });

  it("secrets apart, which npm start takes from the environment and never puts into wrangler.toml", () => {
    const given = Object.fromEntries([...secrets.keys()].map((name) => [name, "x"]));
    expect(readSettings(given).secrets).toEqual(given);
    expect(Object.keys(readWranglerConfig().vars)).not.toEqual(expect.arrayContaining([...secrets.keys()]));
  });

  it("which npm start reads as wrangler does, before wrangler is installed", () => {
    // But for AUTH: who is on the machine needs no key.
    expect(readSettings({}).vars).toEqual({ ...readWranglerConfig().vars, AUTH: "open" });
  });

  it("whose defaults are the code's own, where wrangler.toml is not read", () => {
    const unset = parseConfig({ MODEL_SUFFIX: "_int8", ALLOWED_ORIGINS: "*" });
    expect(unset.ok).toBe(true);
    expect(parseConfig(Object.fromEntries(worker))).toEqual(unset);
  });

  it("the inference server's", () => {
    expect([...inference.keys()].sort()).toEqual(namesRead(readConfig));
    const told = ["ENDPOINT_KEY", "MODELS", "INFERENCE_THREADS"]; // their defaults in words
    const given = [...inference].filter(([name]) => !told.includes(name));
    expect(readConfig(Object.fromEntries(given))).toEqual(readConfig({}));
  });

  it("npm start's", () => {
    const elsewhere = [worker, secrets, inference];
    const names = namesRead(readSettings).filter((name) => !elsewhere.some((table) => table.has(name)));
    expect([...start.keys()].sort()).toEqual(names);
    expect(readSettings(Object.fromEntries(start))).toEqual(readSettings({}));
  });
});
