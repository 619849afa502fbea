import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../src/cli/root.mjs";
import { freePort } from "../src/cli/serve/ports.mjs";
import { capture } from "../src/cli/setup/command.mjs";

// Every command of package.json as a person types it who has not read how it is used: each a process of its own, which starts nothing.

const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Whose arguments another program reads, which says itself how it is used; Python's are in training/tests/test_arguments.py. */
const OTHERS = ["wrangler", "check:image", "dctnet", "bench:ttn", "bench:cuda"];
const OURS = Object.keys(scripts).filter((name) => !OTHERS.includes(name));
/** What it does not know is schemathesis's. */
const LENIENT = ["contract"];

/** A script's program and words, without the environment before it. */
const wordsOf = (name: string) =>
  (/\bnode (?:src\/cli\/node\.mjs )?(.*)$/.exec(scripts[name] ?? "")?.[1] ?? "").split(" ");

async function run(words: string[], env: Record<string, string> = {}) {
  const { code, output } = await capture(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", ...words],
    {
      cwd: ROOT,
      env: { ...process.env, ADMIN_SECRET: "", ...env },
    },
  );
  return { code, lines: output.trim().split("\n"), output };
}

describe.concurrent("--help says how a command is used", () => {
  it.each(OURS)("npm run %s", async (name) => {
    const { code, output } = await run([...wordsOf(name), "--help"]);
    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}npm (?:run|start|test)/m);
    expect(output).not.toMatch(/^\s+at /m);
  });
});

describe.concurrent("an option that there is not is refused in one line", () => {
  it.each(OURS.filter((name) => !LENIENT.includes(name)))("npm run %s", async (name) => {
    const { code, lines } = await run([...wordsOf(name), "--no-such-option"]);
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining("--no-such-option")]);
  });
});

const IMAGE = "deploy/image/models.mjs";

describe.concurrent("what makes no sense is said in one line", () => {
  it.each<[script: string, args: string[], sentence: RegExp]>([
    ["drill", ["soon"], /^SECONDS takes a number from 1 to 600, not "soon"/],
    ["drill", ["NaN"], /not "NaN"/],
    ["drill", ["1e9"], /not "1e9"/],
    ["cost", ["--unique", "-1"], /^--unique takes a number from 0 to .*, not "-1"/],
    ["cost", ["--unique", "1e300"], /not "1e300"/],
    ["cost", ["--unique", "1", "--jobs", "2"], /^--jobs takes a number from 0 to 1/],
    ["cost", ["--unique", "1", "--engine", "vm", "--images-per-second", "0"], /^--images-per-second takes/],
    ["cost", ["--unique", "1", "--engine", "abacus"], /^--engine is one of edge/],
    [
      "cost",
      ["--unique", "1", "--engine", "edge", "--hourly", "1"],
      /^--hourly is of machines, .* for edge:/,
    ],
    [
      "cost",
      ["--unique", "1", "--hourly", "1"],
      /^--hourly is .* for container, which counts without --engine/,
    ],
    ["cost", ["--unique", "1", "--engine", "edge", "--sleep-after", "1"], /^--sleep-after is of machines/],
    ["trace", ["--port", "70000"], /^--port takes a whole number from 0 to 65535/],
    ["trace", ["localhost:8787"], /takes an http or https URL, not "localhost:8787"/],
    ["conformance", [], /^Something is missing: npm run conformance/],
    ["conformance", ["mlserver"], /^mlserver is no http\(s\) URL/],
    ["release", [], /^Which version/],
    ["release", ["0.0.1"], /^0\.0\.1 does not come after/],
    ["release", ["tomorrow"], /^"tomorrow" is not a version/],
    ["release", ["--notes", "9.9.9"], /tells of no 9\.9\.9/],
    ["bench:edge", ["hits", "near-misses"], /^A part is one of hits, resizing, misses, faces/],
    ["bench:memory", ["videos"], /^What follows is one of photos/],
    ["bench:inference", ["--sizes", "256,-1"], /^--sizes takes a whole number from 32 to 2048, not "-1"/],
    ["bench:inference", ["--rounds", "0"], /^--rounds takes/],
    ["bench:overload", ["--seconds", "-5"], /^--seconds takes/],
    ["bench:overload", ["--model", "ttn_oil"], /^There is no model "ttn_oil"/],
    ["bench:stability", [], /^Something is missing: npm run bench:stability/],
    ["bench:stability", ["nowhere"], /^nowhere cannot be read: there is no such file or folder/],
    ["bench:stability", ["src/cli"], /has no JPEG, PNG, WebP or AVIF files/],
    [
      "bench:stability",
      ["src/edge/page/sample.jpg", "--json", "nowhere/x.json"],
      /^nowhere\/x\.json cannot be written/,
    ],
    ["bench:stability", ["src/edge/page/sample.jpg", "--clip", "no.jpg"], /^no\.jpg cannot be read/],
    ["sheets", ["nowhere"], /^nowhere cannot be read/],
    ["sheets", ["src/edge/page/sample.jpg", "--out", "nowhere"], /cannot be written/],
    ["render:toon", [], /^--to DIR says where/],
    ["render:toon", ["--to", "package.json"], /^package\.json cannot be written/],
    ["render:toon", ["--to", join(tmpdir(), "toon"), "--count", "many"], /^--count takes/],
    ["gallery", ["nowhere"], /^nowhere cannot be read/],
    ["gallery", ["src/edge/page", "--out", "docs"], /^docs cannot be written: it is a folder/],
    [
      "sign",
      ["--expires-in", "NaN", "style=toon", "https://example.com/"],
      /^--expires-in takes a whole number/,
    ],
    ["sign", ["--key-file", "nowhere", "style=toon", "https://example.com/"], /^nowhere cannot be read/],
    ["example:app", ["nowhere.jpg"], /^nowhere\.jpg cannot be read/],
    ["test", ["everything"], /^A step is one of lint, types/],
    [IMAGE, [], /^It takes two arguments: node deploy\/image\/models\.mjs SUFFIX FOLDER/],
    [IMAGE, ["_int8", ""], /^It takes two arguments/],
    [IMAGE, ["_int8", join(tmpdir(), "models"), "more"], /^It takes two arguments/],
    [IMAGE, ["_int4", join(tmpdir(), "models")], /^models\/ has no ttn_\w+_int4/],
    [IMAGE, ["_int8", "package.json/models"], /^package\.json\/models cannot be written/],
    ["deploy/image/server.mjs", [], /^Something is missing/],
  ])("%s %j", async (script, args, sentence) => {
    const { code, lines } = await run([...(script in scripts ? wordsOf(script) : [script]), ...args]);
    expect(lines).toEqual([expect.stringMatching(sentence)]);
    expect(code).toBe(2);
  });
});

describe("a server that does not answer", () => {
  const cases: [string, (url: string) => string[]][] = [
    ["trace", (url) => ["--port", "0", `${url}/image/style=toon/upload:x`]],
    ["conformance", (url) => [url]],
    ["bench:inference", (url) => ["--url", url]],
  ];

  it.each(cases)("is told of by npm run %s", async (script, args) => {
    const { code, lines } = await run([...wordsOf(script), ...args("http://127.0.0.1:1")]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:1\S* does not answer: fetch asks nothing at this port, .*\.$/,
      ),
    ]);
    expect(code).toBe(1);
  });

  it("or wants a header, which npm run conformance has no secret of in what it prints", async () => {
    const server = createServer((request, response) => {
      const isAllowed = request.headers["endpoint-key"] === "hunter2";
      response.writeHead(isAllowed ? 404 : 401).end(JSON.stringify({ error: request.rawHeaders.join() }));
    });
    const url = `http://127.0.0.1:${await listening(server)}`;
    try {
      const shut = await run([...wordsOf("conformance"), url]);
      expect(shut.output).toContain(
        "answers 401, and not as a server of the Open Inference Protocol v2. It may want a header,",
      );
      const wrong = await run([...wordsOf("conformance"), url, "--header", "Endpoint-Key: hunter3"]);
      expect(wrong.output).toContain("answers 401");
      expect(wrong.output).toContain("It may want another header, or another value, which --header");
      const open = await run([...wordsOf("conformance"), url, "--header", "Endpoint-Key: hunter2"]);
      expect(open.output).toContain("answers 404");
      const told = await run([...wordsOf("conformance"), url], {
        CONFORMANCE_HEADERS: '{"Endpoint-Key": "hunter2"}',
      });
      expect(told.output).toContain("answers 404");
      expect(open.output + told.output).not.toContain("hunter2");
    } finally {
      server.close();
    }
  });

  it("or answers with an error, with which npm run trace ends as one", async () => {
    const receiver = await freePort();
    const server = createServer(async (request, response) => {
      const [, trace, parent] = String(request.headers.traceparent).split("-");
      const span = { name: "GET /image/*", startTimeUnixNano: "1", endTimeUnixNano: "2" };
      const spans = [{ ...span, traceId: trace, spanId: "b".repeat(16), parentSpanId: parent }];
      await fetch(`http://127.0.0.1:${receiver}/v1/traces`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] }),
      });
      response.writeHead(404).end();
    });
    const url = `http://127.0.0.1:${await listening(server)}/image/style=toon/upload:x`;
    try {
      const { code, output } = await run([...wordsOf("trace"), "--port", `${receiver}`, url]);
      expect(output).toContain("└ GET /image/*");
      expect(output.trim().split("\n").at(-1)).toBe(`${url} answered 404.`);
      expect(code).toBe(1);
    } finally {
      server.close();
    }
  });
});

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}
