import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { capture } from "../../src/cli/setup/command.mjs";
import { ensureDeployTools } from "../../src/cli/setup/deploy-tools.mjs";
import { npm } from "../../src/cli/setup/npm.mjs";
import { decodeInferResponse, encodeInferRequest, HEADER_LENGTH } from "../../src/contract/oip.ts";
import { STYLES } from "../../src/contract/style.ts";
import { build, type Image } from "./without-docker.ts";

vi.setConfig({ hookTimeout: 600_000 });

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const DOCKERFILES = ["src/inference/Dockerfile", "deploy/triton/Dockerfile"];
let out: string;

/** `npm run check:image` installs as Docker would; else the packages that are here are taken. */
const install = (folder: string) =>
  process.env.IMAGE_PACKAGES === "npm"
    ? npm(
        ["ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"],
        folder,
      ).then(({ code, output }) => {
        if (code !== 0) throw new Error(output);
      })
    : symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "stylegate-image-"));
});
afterAll(() => rm(out, { recursive: true, force: true }));

describe("the embedded server's image", () => {
  let image: Image;
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    image = await build(join(ROOT, "src/inference/Dockerfile"), ROOT, join(out, "embedded"), install);
    await rm(join(out, "embedded/stage-0"), { recursive: true }); // a container has the last stage alone
    const started = start(image, image.command);
    server = started;
    for await (const line of createInterface({ input: started.stderr as NodeJS.ReadableStream })) {
      const said = line.startsWith("{") ? JSON.parse(line) : expect.fail(`the server says: ${line}`);
      if (said.event === "ready") url = said.url;
      if (url) break;
    }
    server.stderr?.resume();
  });
  afterAll(() => server?.kill("SIGKILL"));

  const start = (image: Image, [program = "", ...args]: string[], env: Record<string, string> = {}) => {
    const inside = (value: string) => (value.startsWith("/app") ? join(image.root, value) : value);
    const own = Object.fromEntries(Object.entries(image.env).map(([name, value]) => [name, inside(value)]));
    return spawn(program === "node" ? process.execPath : program, args, {
      cwd: join(image.root, image.workdir),
      env: { ...own, INFERENCE_HOST: "127.0.0.1", INFERENCE_PORT: "0", INFERENCE_THREADS: "1", ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
  };

  it("has what the server needs to draw a picture, and nothing of the tests", async () => {
    const model = `ttn_${STYLES[0]?.id}_int8`;
    const side = 64;
    const photo = {
      name: "image",
      datatype: "UINT8",
      shape: [1, side, side, 3],
      bytes: new Uint8Array(side * side * 3),
    } as const;
    const { body, headers } = encodeInferRequest({
      inputs: [{ ...photo, shape: [...photo.shape] }],
      parameters: { binary_data_output: true },
    });
    const answer = await fetch(`${url}/v2/models/${model}/infer`, { method: "POST", headers, body });
    expect(answer.status).toBe(200);
    const { outputs } = decodeInferResponse(
      new Uint8Array(await answer.arrayBuffer()),
      answer.headers.get(HEADER_LENGTH),
    );
    expect(outputs[0]?.bytes.length).toBe(side * side * 3);
    const files = await readdir(join(image.root, "app"), { recursive: true });
    expect(
      files.filter((name) => /\.test\.|fixtures|Dockerfile/.test(name) && !name.includes("node_modules")),
    ).toEqual([]);
  });

  it("has the networks of one suffix, and those that look for faces and people", async () => {
    const expected = [
      ...STYLES.map(({ id }) => `ttn_${id}_int8`),
      "face_detector",
      "person_segmenter",
    ].sort();
    expect((await readdir(join(image.root, "app/models"))).sort()).toEqual(expected);
  });

  it("runs as a user whom Kubernetes sees not to be root", () => expect(image.user).toBe("1000:1000"));

  it("tells its health, and ends on SIGTERM", async () => {
    const health = async () => {
      const [code] = await once(
        start(image, image.healthcheck, { INFERENCE_PORT: new URL(url).port }),
        "exit",
      );
      return code;
    };
    expect(await health()).toBe(0);
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(await health()).toBe(1);
  });
});

describe("Triton's image", () => {
  it("has the half-precision networks, as Triton wants them", async () => {
    const image = await build(join(ROOT, "deploy/triton/Dockerfile"), ROOT, join(out, "triton"), install);
    const models = await readdir(join(image.root, "models"));
    const expected = [
      ...STYLES.map(({ id }) => `ttn_${id}_fp16`),
      "face_detector",
      "person_segmenter",
    ].sort();
    expect(models.sort()).toEqual(expected);
    for (const name of models) {
      const config = await readFile(join(image.root, "models", name, "config.pbtxt"), "utf8");
      expect(config).toContain(`name: "${name}"`);
      expect(config.match(/max_queue_size: [1-9]/g)).toHaveLength(2); // a line for each priority, and neither without end
      expect(await readdir(join(image.root, "models", name, "1"))).toContain("model.onnx");
    }
    expect(image.from).toMatch(/^nvcr\.io\/nvidia\/tritonserver:\d\d\.\d\d-py3@sha256:[0-9a-f]{64}$/);
    expect(image.user).toBe("1000:1000");
  });
});

describe("Dockerfiles", () => {
  it.each(DOCKERFILES)("%s is as hadolint wants it", async (dockerfile) => {
    const hadolint = join(await ensureDeployTools(), "hadolint");
    expect(await capture(hadolint, ["--no-color", join(ROOT, dockerfile)])).toEqual({ code: 0, output: "" });
  });

  it("copy nothing that is not in the repository", async () => {
    const { output } = await capture("git", ["ls-files"], { cwd: ROOT });
    const tracked = output.split("\n");
    for (const dockerfile of DOCKERFILES) {
      const text = await readFile(join(ROOT, dockerfile), "utf8");
      const copied = [...text.matchAll(/^COPY (?!--from)(?:--chmod=\d+ )?(.+) \S+$/gm)].flatMap(
        ([, paths = ""]) => paths.split(" "),
      );
      expect(copied.length).toBeGreaterThan(0);
      const missing = copied.filter(
        (path) => !tracked.some((file) => file === path || file.startsWith(`${path}/`)),
      );
      expect(missing).toEqual([]);
    }
  });
});
