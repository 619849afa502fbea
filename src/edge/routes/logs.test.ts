import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask } from "../../../tests/support/workerd/ask.ts";
import { away } from "../../../tests/support/workerd/away.ts";
import { askJson, bearer, KEYS, makeKey, makeToken } from "../../../tests/support/workerd/keys.ts";
import type { DirectUpload } from "../../contract/api/direct-uploads.ts";
import type { Upload } from "../../contract/api/uploads.ts";

beforeEach(reset);
afterEach(() => vi.restoreAllMocks());

/** All that the Worker and its objects say from now on: they share the isolate, and so its console. */
function overhear(): () => string {
  const said: unknown[][] = [];
  for (const level of ["debug", "log", "info", "warn", "error"] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words));
  return () => said.flat().map(String).join("\n");
}

const HOST = "https://photos.example.com";
const PRESIGNED = "X-Amz-Signature=5ec2e7-of-the-source";
const ways: [string, Asked["env"]][] = [
  ["all is well", {}],
  ["the storage is away", { PICTURES: away }],
  ["the network is away", { INFERENCE_URL: "http://network.example.com/refuse" }],
  ["a variable makes no sense", { MAX_FACES: "all" }],
];

/** Every way in with something in it that lets whoever reads it in. */
async function drive(env: Asked["env"], secrets: Set<string>): Promise<void> {
  const know = (...words: (string | undefined)[]) =>
    words.forEach((word) => void (word && secrets.add(word)));
  const photo = readPicture("rgb.jpg");
  const key = await makeKey();
  const token = await makeToken(key.key, { user: "u_of_somebody" });
  know(key.key, key.key.split("_")[2], token, KEYS.ADMIN_SECRET, "u_of_somebody", PRESIGNED);
  const secret = {
    SIGNING_KEYS: `a:${"A".repeat(43)}`,
    MODERATION_SECRET: "of-the-moderation",
    MODERATION_URL: "http://moderation.example.com/refuse",
  };
  know("A".repeat(43), "of-the-moderation");
  const all = { ...KEYS, ...secret, ...env };
  const upload = async () => {
    const sent = await ask("/v1/uploads?user=u_of_somebody", {
      method: "POST",
      body: photo,
      headers: bearer(token),
      env: { ...KEYS },
    });
    const { id } = await sent.json<Upload>();
    know(id);
    return id;
  };
  const [id, other] = [await upload(), await upload()];
  const made = await askJson("/v1/uploads/direct", token, { bytes: photo.length });
  const direct = await made.json<DirectUpload>();
  know(direct.id, new URL(direct.url).searchParams.get("sig") ?? "");
  const tus = { "Tus-Resumable": "1.0.0", ...bearer(token) };
  const begun = await ask("/v1/uploads/resumable", {
    method: "POST",
    headers: {
      ...tus,
      "Upload-Length": `${photo.length}`,
      "Upload-Metadata": `user ${btoa("u_of_somebody")}`,
    },
    env: { ...KEYS },
  });
  const path = begun.headers.get("Location") ?? "";
  know(path.slice(-22));

  const source = `${HOST}/status/503?${PRESIGNED}`;
  const sig = "s".repeat(43);
  know(sig);
  const bytes = { method: "PUT", body: photo, env: all };
  const json = { "Content-Type": "application/json", ...bearer(token) };
  const body = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  const directPath = direct.url.slice(new URL(direct.url).origin.length);
  const webhook = "https://app.example.com/hooks?token=of-the-webhook";
  know("of-the-webhook", "of-this-request");
  const stylize = (request: object, headers = {}): Asked => ({
    method: "POST",
    headers: { ...json, Prefer: "wait=1", ...headers },
    body: body({ outputs: [{ style: "toon", width: 40 }], ...request }),
  });
  const requests: [string, Asked][] = [
    ["/v1/uploads?user=u_of_somebody", { method: "POST", body: photo, headers: bearer(token) }],
    ["/v1/uploads", { method: "POST", body: photo.subarray(0, 300), headers: bearer(token) }],
    ["/v1/uploads", { method: "POST", body: photo, headers: bearer(`${key.key}x`) }],
    ["/v1/uploads", { method: "POST", body: body({ source }), headers: json }],
    ["/v1/uploads", { method: "POST", body: body({ source: `${HOST}/refuse?${PRESIGNED}` }), headers: json }],
    ["/v1/uploads/direct", { method: "POST", body: body({ bytes: 1 }), headers: json }],
    [directPath, bytes],
    [directPath.replace(/sig=.*/, `sig=${sig}`), bytes],
    [`/v1/uploads/${direct.id}/complete`, { method: "POST", headers: bearer(token) }],
    [path, { method: "HEAD", headers: tus }],
    [
      path,
      {
        method: "PATCH",
        body: photo.subarray(0, 500),
        headers: { ...tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" },
      },
    ],
    [
      path,
      {
        method: "PATCH",
        body: photo.subarray(500),
        headers: { ...tus, "Upload-Offset": "500", "Content-Type": "application/offset+octet-stream" },
      },
    ],
    [path, { method: "DELETE", headers: tus }],
    [`/v1/uploads/${id}`, { headers: bearer(token) }],
    [`/image/style=handdrawn/upload:${id}`, { headers: bearer(token) }],
    [`/image/style=handdrawn,exp=1,kid=a,sig=${sig}/upload:${id}`, {}],
    [`/image/style=handdrawn,kid=a,sig=${sig}/${source}`, {}],
    [`/image/style=handdrawn/${source}`, { headers: bearer(token) }],
    [`/image/style=handdrawn/${HOST}/refuse?${PRESIGNED}`, { headers: bearer(token) }],
    [`/image/style=handdrawn/${HOST}/png?${PRESIGNED}`, { headers: bearer(token) }],
    ["/v1/stylizations", stylize({ source: `upload:${id}` })],
    ["/v1/stylizations", stylize({ source: `upload:${id}`, webhook })],
    ["/v1/stylizations", stylize({ source, webhook }, { "Idempotency-Key": "of-this-request" })],
    ["/v1/stylizations", stylize({ source: `${HOST}/refuse?${PRESIGNED}` })],
    ["/v1/webhooks/secret", { method: "POST", headers: bearer(key.key) }],
    ["/v1/webhooks/deliveries", { headers: bearer(key.key) }],
    [`/v1/uploads/${other}`, { method: "DELETE", headers: bearer(token) }],
    ["/v1/users/u_of_somebody", { headers: bearer(token) }],
    ["/v1/users/u_of_somebody", { method: "DELETE", headers: bearer(token) }],
    [
      "/v1/purge",
      {
        method: "POST",
        headers: { ...json, ...bearer(KEYS.ADMIN_SECRET) },
        body: body({ sources: [source] }),
      },
    ],
    ["/v1/usage", { headers: bearer(key.key) }],
    [
      "/v1/tokens",
      { method: "POST", headers: { ...json, ...bearer(key.key) }, body: body({ user: "u_of_somebody" }) },
    ],
    [`/v1/keys/${key.id}/rotate`, { method: "POST", headers: bearer(KEYS.ADMIN_SECRET) }],
    [`/v1/nowhere/${id}?${PRESIGNED}`, { headers: bearer(token) }],
  ];
  for (const [path, asked] of requests) await ask(path, { ...asked, env: { ...all, ...asked.env } });
}

it.each(ways)("no log tells what lets its reader in, nor whose photo it was: %s", async (_, env) => {
  const secrets = new Set<string>();
  const said = overhear();
  await drive(env, secrets);
  expect(secrets.size).toBeGreaterThan(10);
  const text = said();
  if (Object.keys(env ?? {}).length > 0) expect(text).not.toBe(""); // it was overheard
  for (const secret of secrets)
    expect(text.includes(secret), `${secret} in ${lineWith(secret, text)}`).toBe(false);
});

const lineWith = (secret: string, text: string) => text.split("\n").find((line) => line.includes(secret));
