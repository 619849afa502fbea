import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createStylegate, dataOf } from "../src/client/index.ts";
import { ADMIN_SECRET } from "./support/admin-secret.ts";
import { freePorts } from "./support/ports.ts";
import { processesWith } from "./support/processes.ts";
import { type Service, startService } from "./support/service.ts";

// examples/app against what `npm start` runs: the Worker in wrangler dev with its queue and storage, and the embedded inference server.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
let folder: string;
let service: Service;
let url: string;
let port: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stylegate-app-"));
  const [own, inference] = await freePorts();
  [port] = await freePorts();
  url = `http://127.0.0.1:${own}`;
  service = startService({
    ...{ PORT: own, INFERENCE_PORT: inference, STATE_DIR: join(folder, "state") },
    ...{ AUTH: "keys", ADMIN_SECRET, ALLOWED_WEBHOOKS: `localhost:${port}`, VERBOSE: "1" },
  });
  await service.ready;
});

afterAll(async () => {
  service?.process.kill("SIGINT");
  await service?.ended;
  expect(await processesWith(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

/** As a phone takes it: on its side, and saying where. */
async function phonePhoto(): Promise<string> {
  const path = join(folder, "IMG_4711.jpg");
  const exif = {
    IFD0: { Make: "Pocket", Model: "Phone 9" },
    IFD3: {
      GPSLatitudeRef: "N",
      GPSLatitude: "52/1 31/1 12/1",
      GPSLongitudeRef: "E",
      GPSLongitude: "13/1 24/1 0/1",
    },
  };
  const sample = await readFile(join(ROOT, "src/edge/page/sample.jpg"));
  const turned = await sharp(sample).rotate(270).jpeg().toBuffer();
  await writeFile(path, await sharp(turned).withExif(exif).withMetadata({ orientation: 6 }).toBuffer());
  return path;
}

/** Everything in a file that is text, or could be. */
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

it("an app has a phone's photo drawn, is told so, and leaves nothing behind", async () => {
  const photo = await phonePhoto();
  expect(textOf(await readFile(photo))).toContain("Phone 9");
  const pictures = join(folder, "pictures");

  const { stdout } = await promisify(execFile)(process.execPath, ["examples/app/main.ts", photo, pictures], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, STYLEGATE_URL: url, ADMIN_SECRET, APP_PORT: port },
  });
  const [, key] = /^key (key_\w{12})$/m.exec(stdout) ?? [];
  const [, id] = /^stylization (\S{22}): succeeded$/m.exec(stdout) ?? [];
  const [, width, height, upload] = /^uploaded (\d+)×(\d+) jpeg as (\S{22})$/m.exec(stdout) ?? [];
  expect([key, id, upload], stdout).not.toContain(undefined);
  const { width: shown, height: tall } = await sharp(join(ROOT, "src/edge/page/sample.jpg")).metadata();
  expect([Number(width), Number(height)]).toEqual([shown, tall]); // upright

  expect(stdout).toMatch(/^output 1: infer$/m);
  expect(stdout).toMatch(/^output [01]: succeeded$/m);
  expect(stdout).toContain("webhook stylization.succeeded, verified");
  expect(stdout).toContain("erased 1 upload, 1 stylization, 2 pictures");
  expect(stdout).toContain("left of u_4711: 0 uploads, 0 stylizations");
  expect(stdout).toContain("the stylization answers 404, its pictures 404 and 404");

  const saved = (await readdir(pictures)).sort();
  expect(saved).toEqual([`${id}-0.webp`, `${id}-1.jpeg`]);
  const [large = Buffer.alloc(0), small = Buffer.alloc(0)] = await Promise.all(
    saved.map((name) => readFile(join(pictures, name))),
  );
  expect(await sharp(large).metadata()).toMatchObject({ format: "webp", width: 512 });
  expect(await sharp(small).metadata()).toMatchObject({ format: "jpeg", width: 128, height: 128 });
  for (const picture of [large, small]) {
    expect(textOf(picture)).not.toContain("Phone 9");
    expect((await sharp(picture).metadata()).exif?.includes("GPS") ?? false).toBe(false);
  }

  // Seen by the operator, not by what the app says of itself.
  const operator = createStylegate({ baseUrl: url, key: ADMIN_SECRET });
  const usage = dataOf(
    await operator.GET("/v1/keys/{id}/usage", { params: { path: { id: key ?? "" }, query: {} } }),
  );
  expect(usage).toMatchObject({ pictures: 2 });
  for (const path of [`/v1/uploads/${upload}`, `/v1/stylizations/${id}`]) {
    const answer = await fetch(url + path, { headers: { Authorization: `Bearer ${ADMIN_SECRET}` } });
    expect([path, answer.status]).toEqual([path, 404]);
  }
  const stored = await storedNames();
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.filter((name) => !name.startsWith("purges/"))).toEqual([]); // marks that caches look for

  // The log tells what happened, and neither secrets nor where to find what was made.
  const lines = service.output().split("\n");
  const log = lines.filter((line) => !line.startsWith("[wrangler:")).join("\n"); // which is wrangler dev's own
  expect(log).toContain('"event":"webhook_delivered"');
  for (const secret of [ADMIN_SECRET, "whsec_", /\bsg_/, /\beyJ/, `${upload}`, `${id}`, "/v1/pictures/"])
    expect(log).not.toMatch(secret);
});

it.each([
  ["no", "", /^ADMIN_SECRET is not set: .*\n$/],
  ["another", "x".repeat(32), /^ADMIN_SECRET is not that of http.*\n$/],
])("an app with %s ADMIN_SECRET is said to have it, in one line", async (_, secret, line) => {
  const env = { PATH: process.env.PATH, STYLEGATE_URL: url, ADMIN_SECRET: secret, APP_PORT: port };
  const ran = promisify(execFile)(process.execPath, ["examples/app/main.ts"], { cwd: ROOT, env });
  const { code, stderr } = (await ran.catch((error: unknown) => error)) as { code: number; stderr: string };
  expect(code).toBe(1);
  expect(stderr.replace(/^\(.*\n/gm, "")).toMatch(line); // without Node's own warnings
});

/** What is in R2, as wrangler dev keeps it. */
async function storedNames(): Promise<string[]> {
  const state = join(folder, "state");
  const files = await readdir(state, { recursive: true });
  return files
    .filter((name) => /R2BucketObject[/].*[.]sqlite$/.test(name) && !name.includes("metadata"))
    .flatMap((name) => {
      const database = new DatabaseSync(join(state, name), { readOnly: true });
      const rows = database.prepare("SELECT key FROM _mf_objects").all();
      database.close();
      return rows.map(({ key }) => String(key));
    });
}
