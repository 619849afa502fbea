import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/**
 * What each part may import besides itself: routes → jobs → (intake, webhooks) → (access, stylize) → (keys, erasure, image, inference) →
 * storage → (source, moderation) → contract. Files in src/edge itself are parts of their own; one of them, `bindings.ts`, names the types of
 * all Durable Objects, so that folders are in a circle with it where no file is. Packages are told where a part must not know the runtime.
 */
const ARROWS: Record<string, { paths: string[]; packages?: RegExp }> = {
  "src/contract/api": {
    paths: ["src/contract", "models/styles.json", "package.json"],
    packages: /^@hono\/zod-openapi$/,
  },
  "src/contract": { paths: ["models/styles.json"], packages: /^$/ },
  "src/inference": { paths: ["src/contract", "package.json"] },
  "src/edge-inference/networks.ts": {
    paths: ["src/edge-inference/network.ts", "models"], // a network is a module of the bundle
    packages: /^$/,
  },
  "src/edge-inference": {
    paths: ["src/contract"],
    packages: /^onnxruntime-web\/ort-wasm-simd-threaded\.mjs$/,
  },
  "src/edge/bounded-body.ts": { paths: [] },
  "src/edge/timing.ts": { paths: ["src/edge/telemetry/step.ts"] },
  "src/edge/telemetry": {
    paths: [
      "src/contract",
      "package.json",
      ...["config/telemetry.ts", "inference/priority.ts", "inference/observer.ts"].map(
        (name) => `src/edge/${name}`,
      ),
    ],
    packages: /^@opentelemetry\/(?:api|core|resources|sdk-trace|otlp-transformer)$|^node:async_hooks$/,
  },
  "src/edge/variables.ts": { paths: [] },
  "src/edge/out-of-memory.ts": { paths: [] },
  "src/edge/as-problem.ts": { paths: ["src/contract", "src/edge/out-of-memory.ts"] },
  "src/edge/reached.ts": { paths: ["src/contract"] },
  "src/edge/source": { paths: ["src/contract", "src/edge/bounded-body.ts", "src/edge/out-of-memory.ts"] },
  "src/edge/image": {
    paths: ["src/contract", "src/edge/out-of-memory.ts", "src/edge/source/probe"],
    packages: /^(?:@jsquash|imagescript|libheif-js)\/|^node:zlib$/,
  },
  "src/edge/inference": { paths: ["src/contract", "src/edge/bounded-body.ts", "src/edge/out-of-memory.ts"] },
  "src/edge/moderation": { paths: ["src/contract", "src/edge/bounded-body.ts", "src/edge/out-of-memory.ts"] },
  "src/edge/storage": {
    paths: ["src/contract", "src/edge/as-problem.ts", "src/edge/source/record.ts", "src/edge/moderation"],
  },
  "src/edge/config": {
    paths: [
      "src/contract",
      ...["variables.ts", "source", "moderation", "inference/endpoint.ts"].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/config.ts": {
    paths: [
      "src/contract",
      "src/edge/config",
      "src/edge/variables.ts",
      ...["origin-policy.ts", "signature.ts", "signing-keys.ts"].map((name) => `src/edge/access/${name}`),
      "src/edge/source",
    ],
  },
  "src/edge/bindings.ts": {
    paths: [
      ...["config.ts", "variables.ts", "storage/single-flight.ts", "access", "keys", "jobs", "webhooks"],
      "telemetry/events.ts",
      ...["intake", "erasure"],
    ].map((name) => `src/edge/${name}`),
  },
  "src/edge/kit.ts": {
    paths: [
      "src/contract",
      ...[
        ...["bindings.ts", "config.ts", "timing.ts", "inference", "source", "moderation", "storage"],
        ...["telemetry/activity.ts", "telemetry/observer.ts"],
      ].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/keys": {
    paths: ["src/contract", "src/edge/bindings.ts", "src/edge/reached.ts", "src/edge/source"],
  },
  "src/edge/access": {
    paths: [
      "src/contract",
      ...["bindings.ts", "reached.ts", "keys", "source"].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/jobs": {
    paths: [
      "src/contract",
      ...[
        ...["bindings.ts", "config.ts", "kit.ts", "timing.ts", "as-problem.ts", "reached.ts", "telemetry"],
        ...["access", "keys", "erasure", "intake", "webhooks", "source", "storage", "stylize"],
      ].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/webhooks": {
    paths: ["src/contract", ...["variables.ts", "config", "source"].map((name) => `src/edge/${name}`)],
  },
  "src/edge/intake": {
    paths: [
      "src/contract",
      ...[
        ...["as-problem.ts", "bindings.ts", "bounded-body.ts", "config.ts", "out-of-memory.ts", "reached.ts"],
        ...["access", "config", "erasure", "image", "keys", "source", "storage", "stylize"],
      ].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/erasure": {
    paths: [
      "src/contract",
      ...["reached.ts", "config.ts", "kit.ts", "storage"].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/stylize": {
    paths: [
      "src/contract",
      ...[
        "kit.ts",
        "as-problem.ts",
        "timing.ts",
        "source",
        "image",
        "inference",
        "moderation",
        "storage",
      ].map((name) => `src/edge/${name}`),
    ],
  },
  "src/edge/routes": { paths: ["src/contract", "src/edge"] },
  "src/edge/app.ts": { paths: ["src/contract", "src/edge"] },
  "src/edge/scheduled.ts": { paths: ["src/contract", "src/edge"] },
  "src/edge/index.ts": { paths: ["src/edge"] },
  "src/client": { paths: [], packages: /^(?:openapi-fetch|eventsource-parser)$/ },
  "src/edge/page": { paths: [], packages: /^$/ },
};

/** What every part at the edge may log by, but those that know of pixels alone: a line says which request it is of. */
const LOG = "src/edge/telemetry/log.ts";
const SILENT = ["src/edge/image", "src/edge/page"];

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Left out without a look inside: wrangler removes what it writes there at any time. */
const isGenerated = (path: string) => /(?:^|\/)(?:fixtures|node_modules|dist|\.wrangler)$/.test(path);

const files = ["src/contract", "src/edge", "src/edge-inference", "src/inference", "src/client"]
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,js}`, { cwd: ROOT, exclude: isGenerated }))
  .filter((path) => !/\.test\.ts$|\.d\.ts$/.test(path));

/** What a file imports, types too: paths from the root, and packages by their names. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) =>
    name.startsWith(".") ? join(dirname(path), name) : name,
  );
}

const graph = new Map(files.map((path) => [path, importsOf(path)]));
const isIn = (path: string, part: string) => path === part || path.startsWith(`${part}/`);
const isPath = (name: string) => /^(?:src|models|tests)\/|^package\.json$/.test(name);

describe("imports point one way", () => {
  it("from layer to layer", () => {
    const wrong = files.flatMap((path) => {
      const [part, arrows] = Object.entries(ARROWS).find(([part]) => isIn(path, part)) ?? [];
      if (!part || !arrows) return [`${path} is in no part`];
      const mayImport = (name: string) =>
        isPath(name)
          ? [part, ...arrows.paths].some((allowed) => isIn(name, allowed)) ||
            (name === LOG && isIn(part, "src/edge") && !SILENT.includes(part))
          : (arrows.packages?.test(name) ?? true);
      const refused = graph.get(path)?.filter((name) => !mayImport(name)) ?? [];
      return refused.map((name) => `${path} → ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it("and never in a circle", () => {
    const done = new Set<string>();
    const visit = (path: string, way: string[]): string[] | undefined => {
      if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
      if (done.has(path)) return undefined;
      for (const next of graph.get(path) ?? []) {
        const circle = visit(next, [...way, path]);
        if (circle) return circle;
      }
      done.add(path);
      return undefined;
    };
    expect(files.map((path) => visit(path, [])).find(Boolean)).toBeUndefined();
  });
});
