import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signedPath } from "../examples/sign.ts";
import { signCommand } from "../src/cli/sign/sign.ts";
import { startWorkers, stylegate, type Workers } from "./support/workers.ts";

// Whatever makes signatures, before the Worker as it is deployed. It may fetch from nowhere: a right signature gets as far as being told so.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const KEY = { kid: "2026a", key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };
const SIGNING_KEYS = `${KEY.kid}:${KEY.key},2026b:QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8`;
const run = promisify(execFile);

let folder: string;
let workers: Workers;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-signing-"));
  workers = await startWorkers((modules) => [stylegate("stylegate", modules, { SIGNING_KEYS })]);
});

afterAll(async () => {
  await workers?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function codeOf(path: string): Promise<string> {
  const answer = await fetch(workers.url + path);
  return ((await answer.json()) as { code: string }).code;
}

const PICTURES: [options: Record<string, string | number>, source: string, code: string][] = [
  [{ style: "handdrawn", width: 640 }, "https://example.com/me.jpg", "source_not_allowed"],
  [
    { width: 640, style: "handdrawn", exp: 4102444800 },
    "https://example.com/a%20b.jpg?v=1&w=2#x",
    "source_not_allowed",
  ],
  [
    { style: "handdrawn", background: "%23fff", fit: "pad" },
    "https://Example.com/Zoë/../me.jpg",
    "source_not_allowed",
  ],
  [{ style: "handdrawn", exp: 1 }, "https://example.com/me.jpg", "signature_expired"],
  [{ preset: "avatar" }, "https://example.com/me.jpg", "unknown_preset"],
  [{ style: "handdrawn" }, "upload:AAAAAAAAAAAAAAAAAAAAAA", "upload_not_found"],
];

describe("examples/sign.ts", () => {
  it.each(PICTURES)("signs %j of %s", async (options, source, code) => {
    const path = signedPath(options, source, KEY);
    expect(await codeOf(path)).toBe(code);
    if (code === "unknown_preset") return;
    expect(await codeOf(path.replace("style=handdrawn", "style=other"))).toBe("invalid_signature");
    expect(await codeOf(signedPath(options, source, { ...KEY, kid: "2026b" }))).toBe("invalid_signature");
  });
});

describe("examples/sign.py", () => {
  it("signs as examples/sign.ts does", async () => {
    const program = [
      "import json, sys",
      `sys.path.insert(0, ${JSON.stringify(join(ROOT, "examples"))})`,
      "from sign import signed_path",
      "for options, source, _ in json.loads(sys.argv[1]):",
      `    print(signed_path(options, source, ${JSON.stringify(KEY.kid)}, ${JSON.stringify(KEY.key)}))`,
    ];
    const args = ["-B", "-c", program.join("\n"), JSON.stringify(PICTURES)];
    const { stdout } = await run("python3", args);
    const paths = stdout.trim().split("\n");
    expect(paths).toHaveLength(PICTURES.length);
    for (const [index, [, , code]] of PICTURES.entries()) expect(await codeOf(paths[index] ?? "")).toBe(code);
    const sigs = (lines: string[]) => lines.map((line) => /sig=([\w-]+)/.exec(line)?.[1]);
    expect(sigs(paths)).toEqual(sigs(PICTURES.map(([options, source]) => signedPath(options, source, KEY))));
  });
});

it("docs/signing.md shows both examples as they are", async () => {
  const page = await readFile(join(ROOT, "docs/signing.md"), "utf8");
  for (const [language, name] of [
    ["ts", "sign.ts"],
    ["python", "sign.py"],
  ]) {
    const example = await readFile(join(ROOT, "examples", name ?? ""), "utf8");
    expect(page).toContain(`\`\`\`${language}\n${example}\`\`\`\n`);
  }
});

describe("npm run sign", () => {
  const NOW = Date.UTC(2026, 10, 25);
  const signs = (args: string[], env: Record<string, string> = { SIGNING_KEYS }) =>
    signCommand(args, env, NOW);

  it("prints nothing but what was asked for, and takes its key from the environment", async () => {
    const args = ["run", "-s", "sign", "--", "style=handdrawn", "https://example.com/me.jpg"];
    const env = { ...process.env, SIGNING_KEYS };
    const { stdout } = await run("npm", args, { cwd: ROOT, env });
    expect(stdout).toMatch(
      /^\/image\/kid=2026a,style=handdrawn,sig=[\w-]{43}\/https:\/\/example\.com\/me\.jpg\n$/,
    );
    expect(await codeOf(stdout.trim())).toBe("source_not_allowed");
  });

  it.each([
    [["style=handdrawn,width=640", "https://example.com/me.jpg?v=1"], "source_not_allowed"],
    [["--expires-in", "9", "style=handdrawn", "https://Example.com/Zoë.jpg"], "signature_expired"], // long ago by now
    [["/image/width=1,style=handdrawn/https%3A%2F%2Fexample.com%2Fme.jpg"], "source_not_allowed"],
    [["/image/style=handdrawn,kid=other,sig=x/https://example.com/me.jpg"], "source_not_allowed"],
    [["--kid", "2026b", "style=handdrawn", "upload:AAAAAAAAAAAAAAAAAAAAAA"], "upload_not_found"],
  ])("signs %j", async (args, code) => {
    const real = code === "signature_expired" ? 0 : NOW;
    const path = (await signCommand(args, { SIGNING_KEYS }, real)).trim();
    expect(await codeOf(path)).toBe(code);
  });

  it("signs several URLs, each with its host", async () => {
    const urls = ["one", "two"].map(
      (name) => `https://img.example.com/image/style=${name}/https://example.com/me.jpg`,
    );
    const lines = (await signs(urls)).trim().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^https:\/\/img\.example\.com\/image\//);
      expect(await codeOf(line.slice("https://img.example.com".length))).toBe("unknown_style");
    }
  });

  it("adds the expiry in seconds from now", async () => {
    const line = await signs(["--expires-in", "3600", "style=handdrawn", "https://example.com/me.jpg"]);
    expect(line).toContain(`exp=${NOW / 1000 + 3600},`);
  });

  it("reads a file of keys, and makes new ones that work", async () => {
    const file = join(folder, "keys.txt");
    const made = await signs(["--new-key", "mine"], {});
    expect(made).toMatch(/^mine:[\w-]{43}\n$/);
    expect(await signs(["--new-key", "mine"], {})).not.toBe(made);
    await writeFile(file, `${made}${SIGNING_KEYS.replace(",", "\n")}\n`);
    expect(await signs(["--key-file", file, "style=x", "https://example.com/"], {})).toContain("kid=mine,");
    const path = await signs(
      ["--key-file", file, "--kid", "2026a", "style=handdrawn", "https://example.com/"],
      {},
    );
    expect(await codeOf(path.trim())).toBe("source_not_allowed");
  });

  it.each([
    [["style=handdrawn", "https://example.com/"], {}, /There is no key/],
    [
      ["style=handdrawn", "https://example.com/"],
      { SIGNING_KEYS: "a:secret" },
      /the key of "a" is not base64url/,
    ],
    [["--kid", "c", "style=handdrawn", "https://example.com/"], { SIGNING_KEYS }, /no key "c"/],
    [["--key-file", "/nowhere", "style=x", "https://example.com/"], {}, /cannot be read/],
    [["widht=1", "https://example.com/"], { SIGNING_KEYS }, /no option "widht"/],
    [["style=handdrawn", "me.jpg"], { SIGNING_KEYS }, /source/],
    [["style=handdrawn"], { SIGNING_KEYS }, /neither a URL/],
    [
      ["--expires-in", "1d", "style=x", "https://example.com/"],
      { SIGNING_KEYS },
      /--expires-in takes a whole number/,
    ],
    [["--key", "secret"], { SIGNING_KEYS }, /--key/],
    [["--new-key", "a b"], {}, /letters, digits/],
  ])("says what is wrong with %j", async (args, env, message) => {
    const complaint = await signs(args, env as Record<string, string>).catch((error) => error);
    expect(complaint).toMatchObject({ name: "Complaint", message: expect.stringMatching(message) });
    expect(complaint.message).not.toContain(KEY.key);
  });

  it("says how it is used where nothing is asked for", async () => {
    expect(await signs([])).toContain("--expires-in");
  });
});
