import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../src/cli/root.mjs";
import { ADMIN_SECRET } from "./support/admin-secret.ts";
import { startPainted } from "./support/painted.ts";
import { png } from "./support/png.ts";
import type { Workers } from "./support/workers.ts";

// The command as people run it, a process of its own, against the Worker as it is deployed.

let workers: Workers;
let folder: string;

beforeAll(async () => {
  workers = await startPainted({ AUTH: "keys" });
});

afterAll(() => workers?.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-cli-"));
  return () => rm(folder, { recursive: true, force: true });
});

type Run = { env?: Record<string, string>; input?: Uint8Array };

function start(args: string[], { env = {} }: Run = {}) {
  const main = join(ROOT, "src/cli/stylegate/main.ts");
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], {
    cwd: folder,
    env: { ...process.env, STYLEGATE_URL: workers.url, STYLEGATE_KEY: ADMIN_SECRET, ...env },
  });
}

async function run(args: string[], options: Run = {}) {
  const child = start(args, options);
  child.stdin.end(options.input);
  const [bytes, stderr, [code]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code: code as number, stdout: bytes.toString(), bytes, stderr };
}

const photo = (seed: number) => png({ seed, width: 160, height: 120 });

const sizeOf = async (file: string) => {
  const { format, width, height } = await sharp(join(folder, file)).metadata();
  return `${format} ${width}x${height}`;
};

const filesIn = async (name: string) =>
  (await readdir(join(folder, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, name).length + 1))
    .sort();

describe("a photo", () => {
  beforeEach(() => writeFile(join(folder, "photo.png"), photo(1)));

  it("is drawn into the file that is named, in the format of its name", async () => {
    const { code, stdout, stderr } = await run(["photo.png", "--style", "handdrawn", "-o", "out.webp"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: `${join(folder, "out.webp")}\n`,
    });
    expect(await sizeOf("out.webp")).toBe("webp 160x120");
  });

  it("is drawn with the options of an image URL", async () => {
    const options = [
      "--width",
      "50",
      "--height",
      "50",
      "--fit",
      "cover",
      "--strength",
      "0.5",
      "--quality",
      "40",
    ];
    const { code } = await run(["photo.png", "--style", "toon", ...options, "-o", "out.jpg"]);
    expect(code).toBe(0);
    expect(await sizeOf("out.jpg")).toBe("jpeg 50x50");
  });

  it("comes from standard input and goes to standard output", async () => {
    const { code, bytes, stderr } = await run(["-", "-s", "toon", "-f", "png"], { input: photo(2) });
    expect(code, stderr).toBe(0);
    expect((await sharp(bytes).metadata()).format).toBe("png");
  });

  it("is drawn in several styles into the folder that one is in", async () => {
    expect((await run(["photo.png", "--style", "toon,engraving"])).code).toBe(0);
    expect(await filesIn(".")).toEqual(["photo-engraving.jpg", "photo-toon.jpg", "photo.png"]);
  });

  it("that is none is said to be none, and leaves nothing", async () => {
    await writeFile(join(folder, "notes.jpg"), "no picture");
    const { code, stderr } = await run(["notes.jpg", "--style", "toon", "-o", "out.webp"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^notes\.jpg: .*\(unsupported_format\)\n$/);
    expect(await filesIn(".")).toEqual(["notes.jpg", "photo.png"]);
  });

  it("is forgotten by the service where that is asked for", async () => {
    const args = ["photo.png", "--style", "toon", "-o", "out.jpg", "--user", "u_cli"];
    const held = async () => JSON.parse((await run(["users", "show", "u_cli", "--json"])).stdout);
    expect((await run(args)).code).toBe(0);
    expect((await held()).uploads).toHaveLength(1);
    expect((await run(["users", "erase", "u_cli"])).stdout).toMatch(/^Erased: 1 upload, 1 stylization, /);
    expect((await run([...args, "--delete"])).code).toBe(0);
    expect((await held()).uploads).toEqual([]);
  });
});

describe("a folder", () => {
  const draw = (...more: string[]) => run(["photos", "-s", "toon", "-f", "webp", "-o", "drawn", ...more]);

  beforeEach(async () => {
    await mkdir(join(folder, "photos/sea"), { recursive: true });
    for (const [at, name] of ["a.png", "b.png", "sea/a.png"].entries())
      await writeFile(join(folder, "photos", name), photo(at));
  });

  it("keeps its tree, and goes on where it was left", async () => {
    const first = await draw();
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr.trim().split("\n").at(-1)).toBe("3 of 3 photos drawn.");
    expect(first.stderr).toMatch(/^1\/3 photos\/.* → .*\.webp \(\d+\.\d s\)$/m);
    expect(await filesIn("drawn")).toEqual([".stylegate-done", "a.webp", "b.webp", "sea/a.webp"]);

    await writeFile(join(folder, "photos/c.png"), photo(7));
    await rm(join(folder, "drawn/b.webp"));
    const before = await stat(join(folder, "drawn/a.webp"));
    const second = await draw();
    expect(second.stderr).toContain("4 of 4 photos are there, 2 of them drawn now.\n");
    expect((await stat(join(folder, "drawn/a.webp"))).mtimeMs).toBe(before.mtimeMs);
    expect((await draw("--again")).stderr).toContain("4 of 4 photos drawn.\n");
  });

  it("is drawn anew where a photo, or what it shall become, is another", async () => {
    await draw();
    await utimes(join(folder, "photos/a.png"), new Date(), new Date(0));
    expect((await draw()).stderr).toContain("3 of 3 photos are there, 1 of them drawn now.\n");
    expect((await draw("--width", "40")).stderr).toContain("3 of 3 photos drawn.\n");
    expect(await sizeOf("drawn/sea/a.webp")).toBe("webp 40x30");
  });

  it("tells at its end what could not be drawn, and draws the rest", async () => {
    await writeFile(join(folder, "photos/broken.jpg"), "no picture");
    const { code, stderr } = await draw();
    expect(code).toBe(1);
    expect(stderr).toMatch(/photos\/broken\.jpg: .*\(unsupported_format\)$/m);
    expect(stderr).toContain("3 of 4 photos drawn, 1 failed.\n");
    expect((await draw()).stderr).toContain("3 of 4 photos are there, 1 failed.\n");
  });

  it("tells a reason once of a photo, not once for each style", async () => {
    const whole = photo(5);
    await writeFile(join(folder, "cut.png"), whole.subarray(0, whole.length / 2));
    const { code, stderr } = await run(["cut.png", "-s", "toon,engraving", "-o", "drawn"]);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/^cut\.png: [^:;]*\(corrupt_picture\)\n$/);
  });

  it("tells two photos apart that have one name", async () => {
    await cp(join(folder, "photos/a.png"), join(folder, "photos/a.jpg"));
    expect((await draw()).code).toBe(0);
    expect(await filesIn("drawn")).toEqual([
      ".stylegate-done",
      "a.jpg.webp",
      "a.png.webp",
      "b.webp",
      "sea/a.webp",
    ]);
  });

  it("tells a script what became of each", async () => {
    const { stdout } = await draw("--json");
    const told = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(told).toHaveLength(3);
    expect(told).toContainEqual({
      kind: "drawn",
      photo: "photos/sea/a.png",
      files: [join(folder, "drawn/sea/a.webp")],
      milliseconds: expect.toSatisfy(Number.isInteger),
    });
  });

  it("that is stopped with Ctrl-C has whole pictures only, and goes on from there", async () => {
    for (let at = 10; at < 40; at++) await writeFile(join(folder, `photos/${at}.png`), photo(at));
    const child = start(["photos", "-s", "toon", "-f", "webp", "-o", "drawn", "-c", "2"]);
    const ended = once(child, "close");
    let told = "";
    for await (const chunk of child.stderr) {
      told += chunk;
      if (told.includes("3/33") && !child.killed) child.kill("SIGINT");
    }
    expect((await ended)[0], told).toBe(130);
    expect(told).toContain("Stopped. The same command goes on from here.\n");
    const files = await filesIn("drawn");
    expect(files.length).toBeLessThan(30);
    for (const file of files.filter((name) => name !== ".stylegate-done"))
      expect(await sizeOf(join("drawn", file))).toBe("webp 160x120");
    const rest = await draw();
    expect(rest.stderr).toContain(`33 of 33 photos are there, ${33 - (files.length - 1)} of them drawn now.`);
  });
});

describe("what cannot be", () => {
  beforeEach(() => writeFile(join(folder, "photo.png"), photo(1)));

  it("a command line that makes no sense ends with 2", async () => {
    const { code, stderr, stdout } = await run(["photo.png", "-s", "tooon"]);
    expect(stderr).toContain('There is no style "tooon"; did you mean toon?');
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("a service that is away is said to be away, once", async () => {
    const env = { STYLEGATE_URL: "http://127.0.0.1:9" };
    const { code, stderr } = await run(["styles"], { env });
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(
      /^The service at http:\/\/127\.0\.0\.1:9 \(named by STYLEGATE_URL\) does not answer: /,
    );
    const flagged = await run(["styles", "--url", "http://127.0.0.1:1"]);
    expect(flagged.stderr).toContain("The service at http://127.0.0.1:1 (named by --url) does not answer: ");
  });

  it("no service at all is said, with what to do", async () => {
    const env = { STYLEGATE_URL: "", PORT: "9" };
    const { code, stderr } = await run(["keys", "list"], { env });
    expect(code).toBe(1);
    expect(stderr).toContain("No service answers at http://localhost:9: start one with npm start");
  });

  it("a key that the service does not know ends it, however many photos there are", async () => {
    await cp(join(folder, "photo.png"), join(folder, "two.png"));
    const env = { STYLEGATE_KEY: "sg_000000000000_000000000000000000000000000000000000000000" };
    const { code, stderr } = await run(["photo.png", "two.png", "-s", "toon", "-o", "drawn"], { env });
    expect(code).toBe(1);
    expect(stderr).toContain("Set STYLEGATE_KEY, or name a file with --key-file. (unauthorized)");
    expect(stderr).not.toMatch(/failed|0 of 2/);
  });
});

describe("the operator", () => {
  it("makes, looks at, changes, rotates and revokes a key", async () => {
    const made = await run([
      "keys",
      "create",
      "--name",
      "iOS app",
      "--scopes",
      "transform,upload",
      "--per-month",
      "3",
    ]);
    expect(made.code, made.stderr).toBe(0);
    const [secret = ""] = made.stdout.split("\n");
    expect(secret).toMatch(/^sg_\w{12}_\S+$/);
    expect(made.stdout).toContain("This is shown once");
    const [id = ""] = /key_\w{12}/.exec(made.stdout) ?? [];

    const listed = await run(["keys", "list"]);
    expect(listed.stdout).toMatch(new RegExp(`^${id}  iOS app  +transform,upload  3 `, "m"));
    expect((await run(["keys", "change", id, "--per-month", "5", "--styles", "toon"])).stdout).toContain(
      "pictures a month   5",
    );

    const env = { STYLEGATE_KEY: secret };
    await writeFile(join(folder, "photo.png"), photo(3));
    expect((await run(["photo.png", "-s", "toon", "-o", "a.jpg"], { env })).code).toBe(0);
    const refused = await run(["photo.png", "-s", "3d", "-o", "b.jpg"], { env });
    expect({ code: refused.code, stderr: refused.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("(style_not_allowed)"),
    });
    expect((await run(["usage"], { env })).stdout).toMatch(/^pictures +1 of 5$/m);
    expect((await run(["usage", "--key", id])).stdout).toMatch(/^pictures +1 of 5$/m);

    const rotated = await run(["keys", "rotate", id]);
    expect(rotated.stdout).toMatch(/^sg_\w{12}_\S+\n\nThis is shown once/);
    expect((await run(["keys", "revoke", id])).stdout).toContain(`${id} (iOS app) is revoked`);
    expect((await run(["usage"], { env })).stderr).toContain("(unauthorized)");
    expect(JSON.parse((await run(["keys", "show", id, "--json"])).stdout).revokedAt).toMatch(/^20/);
  });

  it("mints a token that a script can take, and that does what its user may", async () => {
    const { stdout } = await run(["keys", "create", "--name", "a", "--scopes", "transform,upload", "--json"]);
    const env = { STYLEGATE_KEY: JSON.parse(stdout).key };
    const minted = await run(["token", "--user", "u_9", "--expires-in", "60"], { env });
    expect(minted.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(minted.stderr).toMatch(/^It holds until 20/);
    await writeFile(join(folder, "token"), minted.stdout);
    await writeFile(join(folder, "photo.png"), photo(4));
    const drawn = await run(["photo.png", "-s", "toon", "-o", "a.jpg", "--key-file", "token"]);
    expect(drawn.code, drawn.stderr).toBe(0);
    const held = JSON.parse((await run(["users", "show", "u_9", "--json"], { env })).stdout);
    const [upload] = held.uploads;
    const [, id = ""] = /^sg_(\w{12})_/.exec(env.STYLEGATE_KEY) ?? [];
    expect((await run(["users", "show", "u_9"])).stdout).toMatch(
      /^Nothing is stored of u_9\. Only .*--owner key_/,
    );
    expect((await run(["users", "erase", "u_9"])).stdout).toMatch(
      /^Erased: 0 uploads[\s\S]*Only .*--owner key_/,
    );
    expect((await run(["users", "show", "u_9", "--owner", `key_${id}`])).stdout).toContain(
      `upload:${upload}\n`,
    );
    expect((await run(["uploads", "show", `upload:${upload}`], { env })).stdout).toMatch(
      /^picture +png, 160 × 120/m,
    );
    expect((await run(["uploads", "delete", upload], { env })).stdout).toMatch(/^Erased: 1 upload/);
  });

  it("makes a webhook secret, and sees that nothing was sent", async () => {
    const { stdout } = await run(["webhooks", "secret"]);
    expect(stdout).toMatch(/^whsec_\S+\n\nThis is shown once/);
    expect((await run(["webhooks", "list", "--state", "dead"])).stdout).toBe("There are none.\n");
    const unknown = await run(["webhooks", "show", "msg_9fGk2mVx4Qb7TzLr0WcYhA"]);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no webhook") });
    const gone = await run(["webhooks", "replay", "msg_9fGk2mVx4Qb7TzLr0WcYhA"]);
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining("(delivery_not_found)") });
  });

  it("lists the styles, and purges one", async () => {
    expect((await run(["styles"])).stdout).toMatch(/^toon +/m);
    expect((await run(["purge", "--style", "toon", "--tag", "team"])).stdout).toMatch(
      /^Purged: 2, everywhere/,
    );
  });
});

describe("the command", () => {
  it("can be run by npx from a checkout", async () => {
    const child = spawn("npx", ["stylegate", "--version"], { cwd: ROOT });
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect(await text(child.stdout)).toBe(`${version}\n`);
  });
});
