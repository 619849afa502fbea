import { expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

const read = (line: string, env: Record<string, string> = {}) => readArguments(line.split(" "), env);

it("tells the edge engine nothing that would give it an address, a variable or another Worker's name", () => {
  const { engine, worker, routes, domains } = read(
    "--name other --domain a.example.com --route a/* --route b/* --var AUTH:keys --tag v1 --minify",
  );
  expect({ routes, domains }).toEqual({ routes: ["a/*", "b/*"], domains: ["a.example.com"] });
  expect(engine).toEqual(["--env=", "--tag=v1", "--minify"]);
  expect(worker.toSorted()).toEqual(
    [
      ...engine,
      ...["--name=other", "--domain=a.example.com", "--route=a/*", "--route=b/*", "--var=AUTH:keys"],
    ].toSorted(),
  );
});

it.each([
  ["--open", {}, undefined],
  ["--env staging", {}, "staging"],
  ["-e staging", { CLOUDFLARE_ENV: "production" }, "staging"],
  ["--open", { CLOUDFLARE_ENV: "production" }, "production"],
  ["--env=", { CLOUDFLARE_ENV: "production" }, undefined],
])("%s with %j is of the environment %s, for wrangler too", (line, variables, env) => {
  const { worker, ...asked } = read(line, variables);
  expect(asked.env).toBe(env);
  expect(worker).toEqual([`--env=${env ?? ""}`]);
});

it("keeps its own flags to itself, and passes on a dry run", () => {
  const { worker, ...asked } = read("--open --edge-only --dry-run");
  expect(asked).toMatchObject({ isOpen: true, isEdgeOnly: true, isDry: true });
  expect(worker).toEqual(["--env=", "--dry-run"]);
});

it("takes a variable's value with all of its colons, and none without a name", () => {
  const { overridden } = read("--var INFERENCE_URL:https://gpu:8000 --var MODEL_SUFFIX:");
  expect(overridden).toEqual({ INFERENCE_URL: "https://gpu:8000", MODEL_SUFFIX: "" });
  for (const wrong of ["AUTH", ":open", '"AUTH:open"', "'AUTH:open'"])
    expect(() => read(`--var ${wrong}`)).toThrow(/^--var takes NAME:VALUE/);
});
