import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { boundBuckets } from "./bound-buckets.ts";
import { readSettings, readVars, requireReadable, urlOf } from "./settings.mjs";

/** Milliseconds: each start of Node reads all of the Worker's configuration. */
const STARTS = 60_000;

it.each([
  ["127.0.0.1", "http://127.0.0.1:8788"],
  ["127.0.0.2", "http://127.0.0.2:8788"],
  ["::1", "http://[::1]:8788"],
  ["localhost", "http://localhost:8788"],
  ["0.0.0.0", "http://127.0.0.1:8788"],
  ["::", "http://127.0.0.1:8788"],
  ["", "http://127.0.0.1:8788"],
])("the Worker asks the inference server that listens on INFERENCE_HOST=%s at %s", (host, url) => {
  expect(readSettings({ INFERENCE_HOST: host }).vars.INFERENCE_URL).toBe(url);
});

it("the Worker has the key of the inference server that starts beside it, unless it is told others", () => {
  const read = (env: Record<string, string>) => readSettings(env).secrets.INFERENCE_CREDENTIALS;
  expect(read({ ENDPOINT_KEY: "k" })).toBe('{"endpoint":{"Authorization":"Bearer k"}}');
  expect(read({ ENDPOINT_KEY: "k", INFERENCE_CREDENTIALS: "{}" })).toBe("{}");
  expect(read({ ENDPOINT_KEY: "k", INFERENCE_URL: "https://gpu.example.com" })).toBeUndefined();
});

it("an inference server of one's own is asked where it is", () => {
  const { vars } = readSettings({ INFERENCE_HOST: "::1", INFERENCE_URL: "https://gpu.example.com" });
  expect(vars.INFERENCE_URL).toBe("https://gpu.example.com");
});

it.each([
  ["127.0.0.1", undefined, "open"],
  ["", "", "open"],
  ["::1", undefined, "open"],
  ["localhost", undefined, "open"],
  ["127.0.0.2", "keys", "keys"],
  ["0.0.0.0", undefined, "keys"],
  ["192.168.1.7", undefined, "keys"],
  ["::", "keys", "keys"],
  ["localhost.example.com", undefined, "keys"],
])("on HOST=%s with AUTH=%s it is %s", (HOST, AUTH, auth) => {
  expect(readSettings({ HOST, AUTH }).vars.AUTH).toBe(auth);
});

it.each(["0.0.0.0", "::", "192.168.1.7", "my-machine"])("on HOST=%s it is never open", (HOST) => {
  expect(() => readSettings({ HOST, AUTH: "open" })).toThrow(
    `AUTH=open lets everybody in who can reach ${HOST}`,
  );
});

it("every address makes a URL", () => {
  for (const host of ["127.0.0.1", "::1", "fe80::1", "localhost", "::"]) {
    expect(URL.canParse(urlOf(host, 8787)), host).toBe(true);
  }
});

it(
  "SOURCE_BUCKETS may name nothing that wrangler.toml does not bind",
  async () => {
    const start = (SOURCE_BUCKETS: string) => requireReadable({ SOURCE_BUCKETS }, process.execPath);
    await expect(start("photos=NOPE")).rejects.toThrow("SOURCE_BUCKETS names NOPE");
    await expect(start("photos=SINGLE_FLIGHT")).rejects.toThrow("SOURCE_BUCKETS names SINGLE_FLIGHT");
    await expect(start("")).resolves.toBeUndefined();
  },
  STARTS,
);

it("reads both kinds of strings that a line of wrangler.toml may have", () => {
  const toml = String.raw`[vars]
A = "plain" # as it was
B = "[{\"name\": \"gpu\"}]"
C = '[{"name": "gpu"}]'
D = ""
[other]
E = "no variable"`;
  const list = '[{"name": "gpu"}]';
  expect(readVars(toml)).toEqual({ A: "plain", B: list, C: list, D: "" });
});

it("asks the endpoints that the environment names, and not those that are production's", () => {
  expect(readSettings({}).vars.INFERENCE_ENDPOINTS).toBe("");
  const named = '[{"name": "other", "url": "http://127.0.0.1:9"}]';
  expect(readSettings({ INFERENCE_ENDPOINTS: named }).vars.INFERENCE_ENDPOINTS).toBe(named);
});

it("the buckets of a wrangler.toml are found", async () => {
  const toml = `[[r2_buckets]]
binding = "PICTURES"
bucket_name = "pictures"

[[ r2_buckets ]] # mine
  bucket_name = "my-photos"
  binding='PHOTOS'
[[kv_namespaces]]
binding = "KV"
`;
  const folder = await mkdtemp(join(tmpdir(), "stylegate-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "wrangler.toml"), toml);
  expect(await boundBuckets(join(folder, "wrangler.toml"))).toEqual(["PICTURES", "PHOTOS"]);
});
