import { describe, expect, it, onTestFinished, vi } from "vitest";
import manifest from "../../models/styles.json" with { type: "json" };
import { type PictureName, readPicture } from "../../tests/fixtures/pictures/files.ts";
import { ADMIN_SECRET } from "../../tests/support/admin-secret.ts";
import { type Asked, ask, bindings, inferences, upload } from "../../tests/support/workerd/ask.ts";
import { away } from "../../tests/support/workerd/away.ts";
import { randomId, sha256 } from "../contract/encoding.ts";
import { PROBLEMS, type ProblemCode } from "../contract/problem.ts";
import { STYLES } from "../contract/style.ts";
import type { Bindings } from "./bindings.ts";
import { writeUpload } from "./storage/uploads.ts";

const HOST = "https://photos.example.com";
const DRAWN = "/image/style=handdrawn";
const MEGABYTE = 1024 * 1024;

/** So many bytes that begin as a PNG, a megabyte at a time, without saying how many. */
function pngBytes(length: number): ReadableStream<Uint8Array> {
  let left = length;
  return new ReadableStream({
    pull: (controller) => {
      if (left <= 0) return controller.close();
      const chunk = new Uint8Array(Math.min(MEGABYTE, left));
      if (left === length) chunk.set(readPicture("rgb.png").subarray(0, 64));
      controller.enqueue(chunk);
      left -= MEGABYTE;
    },
  });
}

/** Constructs nothing, as V8 does where memory has run out. */
function withoutMemory() {
  throw new RangeError("Array buffer allocation failed");
}

/** A body of which a byte arrives, and then nothing. */
const hanging = () => new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(Uint8Array.of(0xff)) });

/** A PNG's beginning that says how large it is, which is all that is looked at before a picture is refused. */
function pngOf(width: number, height: number): Uint8Array {
  const bytes = readPicture("rgb.png");
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

const post = (body: Asked["body"], headers = {}): [string, Asked] => [
  "/v1/uploads",
  { method: "POST", headers, ...(body ? { body } : {}) },
];

const purge = (text: string, secret?: string): [string, Asked] => [
  "/v1/purge",
  {
    method: "POST",
    headers: secret === undefined ? {} : { Authorization: `Bearer ${secret}` },
    body: new TextEncoder().encode(text),
    env: { AUTH: "keys", ADMIN_SECRET },
  },
];

/** A picture that another test has not had drawn, with an endpoint that says so about it. */
const moderated = (seed: number, answer: string): [string, Asked] => [
  `${DRAWN},onerror=redirect/${HOST}/png?seed=${seed}`,
  { env: { MODERATION_URL: `http://moderation.example.com${answer}`, MODERATION_TIMEOUT: "1" } },
];
const told = (text: string) => `/body?text=${encodeURIComponent(text)}`;

const bmp = new TextEncoder().encode("BM\x46\x00\x00\x00");
const inference = (path: string, timeout = "60") => ({
  env: { INFERENCE_URL: `http://network.example.com${path}`, INFERENCE_TIMEOUT: timeout },
});

const signed: Asked = { env: { SIGNING_KEYS: `a:${"A".repeat(43)}` } };
/** Of `/image/exp=1,kid=a,style=handdrawn/https://photos.example.com/png` with that key. */
const EXPIRED = "dDjBWXDQuq6M1kFsBKZLIaGFdKo_Ucl6KcfGmy2f-kE";

/** What takes more than one request to bring about is tested beside its resource. */
type OfResources =
  | "invalid_request"
  | "host_not_allowed"
  | "forbidden"
  | "key_revoked"
  | "style_not_allowed"
  | "webhook_not_allowed"
  | "stylization_not_found"
  | "picture_not_found"
  | "key_not_found"
  | "delivery_not_found"
  | "idempotency_conflict"
  | "source_changed"
  | "upload_incomplete"
  | "upload_offset"
  | "webhook_secret_missing"
  | "tus_version"
  | "body_too_large"
  | "unsupported_media_type"
  | "idempotency_mismatch"
  | "digest_mismatch"
  | "upload_locked"
  | "rate_limited"
  | "quota_exceeded"
  | "too_much_under_way";

/** For every other code, requests that end with it; but for the one that needs a machine short of memory. */
const CASES: Record<Exclude<ProblemCode, "overloaded" | OfResources>, [path: string, asked?: Asked][]> = {
  invalid_options: [["/image/style/https://photos.example.com/png"], [`/image//${HOST}/png`]],
  unknown_option: [[`${DRAWN},widht=640/${HOST}/png`], [`${DRAWN},__proto__=1/${HOST}/png`]],
  duplicate_option: [[`${DRAWN},width=1,width=2/${HOST}/png`]],
  invalid_option: [
    "width=0",
    "width=12001",
    "width=2048,height=1025,fit=cover",
    "width=1200,height=1000,fit=cover,format=avif",
    "width=1e3",
    "quality=101",
    "fit=stretch",
    "format=gif",
    "strength=2",
    "width=6001,dpr=2",
    "gravity=north",
    "background=reddish",
    "faces=all",
    "backdrop=none",
    "metadata=all",
    "exp=1767225600",
  ].map((option) => [`${DRAWN},${option}/${HOST}/png`]),
  unknown_preset: [[`/image/preset=avatar/${HOST}/png`]],
  presets_only: ["preset=avatar,width=640", "style=handdrawn", "dpr=2,preset=avatar"].map((options) => [
    `/image/${options}/${HOST}/png`,
    { env: { PRESETS: "avatar:style=handdrawn,width=64", PRESETS_ONLY: "yes" } },
  ]),
  missing_style: [[`/image/width=640/${HOST}/png`]],
  unknown_style: [[`/image/style=nobody/${HOST}/png`], [`/image/style=constructor/${HOST}/png`]],
  invalid_source: [
    [DRAWN],
    [`${DRAWN}/`],
    [`${DRAWN}/me.jpg`],
    [`${DRAWN}/ftp://photos.example.com/me.jpg`],
    [`${DRAWN}/https://user:secret@photos.example.com/png`],
    [`${DRAWN}/upload:../../masters/x`],
    [`${DRAWN}/${HOST}/${"a".repeat(5000)}`],
  ],
  source_not_allowed: [
    [`${DRAWN}/${HOST}/png`, { env: { ALLOWED_SOURCES: "" } }],
    [`${DRAWN}/${HOST}/png`, { env: { ALLOWED_SOURCES: "other.example.com" } }],
    ...[
      "http://127.0.0.1/",
      "http://[::1]/",
      "http://0x7f.1/",
      "http://169.254.169.254/latest/meta-data",
      "http://localhost/",
      "http://10.0.0.1/",
      "http://[::ffff:7f00:1]/",
      "http://2130706433/",
    ].map((url): [string] => [`${DRAWN}/${url}`]),
    [`${DRAWN}/${HOST}:8443/png`],
    [`${DRAWN}/${HOST}/redirect?to=http://169.254.169.254/`],
  ],
  signature_required: [
    [`${DRAWN}/${HOST}/png`, signed],
    [`${DRAWN}/upload:${"A".repeat(22)}`, signed],
  ],
  invalid_signature: [
    [`${DRAWN},kid=a,sig=${"A".repeat(43)}/${HOST}/png`, signed],
    [`${DRAWN},kid=b,sig=${"A".repeat(43)}/${HOST}/png`, signed],
    [`${DRAWN},kid=a,sig=${"A".repeat(43)}/${HOST}/png`],
    [`${DRAWN},kid=constructor,sig=${"A".repeat(43)}/${HOST}/png`, signed],
  ],
  signature_expired: [[`/image/exp=1,kid=a,sig=${EXPIRED},style=handdrawn/${HOST}/png`, signed]],
  source_refused: [
    [`${DRAWN}/${HOST}/status/403`],
    [`${DRAWN}/${HOST}/status/451`],
    [`${DRAWN}/${HOST}/redirect?to=ftp://example.com/`],
    [`${DRAWN}/${HOST}/redirect?to=/redirect%3Fto=/redirect%3Fto=/redirect%3Fto=/redirect`],
  ],
  invalid_purge: [
    ...["", "{}", '{"tags":["two words"]}', '{"sources":["r2:photos/\\ud800"]}', "x".repeat(600_000)].map(
      (text) => purge(text, ADMIN_SECRET),
    ),
    [
      "/v1/purge",
      {
        ...purge("", ADMIN_SECRET)[1],
        body: hanging(),
        env: { AUTH: "keys", ADMIN_SECRET, UPLOAD_TIMEOUT: "1" },
      },
    ],
  ],
  unauthorized: [
    purge('{"tags":["a"]}'),
    ...["Basic eDp5", "Bearer "].map((Authorization): [string, Asked] => [
      "/v1/purge",
      { method: "POST", headers: { Authorization }, env: { AUTH: "keys", ADMIN_SECRET } },
    ]),
    ...["x", ADMIN_SECRET.slice(1), `${ADMIN_SECRET}x`, ADMIN_SECRET.toUpperCase()].map((secret) =>
      purge('{"tags":["a"]}', secret),
    ),
  ],
  admin_disabled: [["/v1/purge", { method: "POST", env: { AUTH: "keys" } }]],
  picture_refused: [
    moderated(310, told('{"allow":false}')),
    moderated(311, told('{"allow":false,"reason":"No faces of children"}')),
  ],
  origin_not_allowed: [
    "https://evil.example",
    "https://shop.example.evil",
    "http://shop.example",
    "null",
  ].flatMap((origin) =>
    [{ Origin: origin }, { Origin: origin, "Sec-Fetch-Site": "cross-site" }].map(
      (headers): [string, Asked] => [
        "/v1/uploads",
        {
          method: "POST",
          headers: { ...headers, "Content-Type": "text/plain" },
          body: readPicture("rgb.png"),
          env: { ALLOWED_ORIGINS: "https://shop.example" },
        },
      ],
    ),
  ),
  unknown_version: ["00000000", "0bd1e93a5d940"].map((version) => [
    `${DRAWN},version=${version}/${HOST}/png`,
  ]),
  not_found: [["/nothing"], ["/v1"], ["/v1/styles/handdrawn"]],
  source_not_found: [[`${DRAWN}/${HOST}/status/404`], [`${DRAWN}/${HOST}/status/410`]],
  upload_not_found: [[`${DRAWN}/upload:${"A".repeat(22)}`]],
  method_not_allowed: [
    [`${DRAWN}/${HOST}/png`, { method: "POST" }],
    ["/v1/uploads"],
    ["/v1/styles", { method: "DELETE" }],
    ["/healthz", { method: "PUT" }],
    ["/readyz", { method: "POST" }],
    ["/v1/purge"],
  ],
  upload_timeout: [["/v1/uploads", { method: "POST", body: hanging(), env: { UPLOAD_TIMEOUT: "1" } }]],
  source_too_large: [
    [`${DRAWN}/${HOST}/bytes?length=0&announce=${31 * MEGABYTE}`],
    [`${DRAWN}/${HOST}/bytes?length=${31 * MEGABYTE}`],
  ],
  picture_too_large: [
    post(new Uint8Array(30 * MEGABYTE + 1), { "Content-Length": `${30 * MEGABYTE + 1}` }),
    post(pngBytes(31 * MEGABYTE)),
  ],
  too_many_pixels: [
    post(pngOf(4000, 4000)),
    post(pngOf(12_000_000, 1)),
    post(pngOf(2 ** 31 - 1, 2 ** 31 - 1)),
  ],
  unsupported_format: [
    post(bmp),
    post(bmp, { "Content-Type": "image/png" }),
    [`${DRAWN}/${HOST}/body?text=%3Chtml%3E`],
  ],
  range_not_satisfiable: ["bytes=9999999-", "bytes=-0"].map((Range) => [
    `${DRAWN}/${HOST}/png?seed=304`,
    { headers: { Range } },
  ]),
  corrupt_picture: [
    post(new Uint8Array()),
    post(undefined),
    post(readPicture("rgb.jpg").subarray(0, 20)),
    post(readPicture("rgb.png").subarray(0, 30)),
  ],
  nobody_found: [
    [`${DRAWN},backdrop=transparent/${HOST}/png?seed=71`],
    [`${DRAWN},backdrop=white,format=json/${HOST}/png?seed=71`],
  ],
  picture_too_small: [
    [`${DRAWN}/${HOST}/png?width=31&height=64`],
    [`${DRAWN}/${HOST}/png?width=2000&height=64`],
    post(pngOf(1, 1)),
    post(pngOf(31, 31)),
    post(pngOf(2000, 60)),
  ],
  internal: [
    // A binding of another kind stands for any mistake of ours.
    [`${DRAWN}/${HOST}/png?seed=1`, { env: { SINGLE_FLIGHT: {} as Bindings["SINGLE_FLIGHT"] } }],
  ],
  misconfigured: [
    [`${DRAWN}/${HOST}/png`, { env: { WORKING_SIZE: "huge" } }],
    ["/v1/styles", { env: { ALLOWED_SOURCES: "https://example.com/" } }],
    ["/readyz", { env: { INFERENCE_URL: "localhost" } }],
  ],
  source_unreachable: [[`${DRAWN}/${HOST}/refuse`], [`${DRAWN}/${HOST}/break`]],
  source_status: [[`${DRAWN}/${HOST}/status/500`], [`${DRAWN}/${HOST}/status/429`]],
  inference_failed: [
    [`${DRAWN}/${HOST}/png?seed=2`, inference("/status/400")],
    [`${DRAWN}/${HOST}/png?seed=2`, inference("/body")],
    [`${DRAWN}/${HOST}/png?seed=2`, { env: { MODEL_SUFFIX: "_unknown" } }],
  ],
  inference_unavailable: [
    [`${DRAWN}/${HOST}/png?seed=2`, inference("/status/500")], // without the protocol's own error: of what stands before it
    [`${DRAWN}/${HOST}/png?seed=2`, inference("/status/503")],
    [`${DRAWN}/${HOST}/png?seed=2`, inference("/status/429")],
    [`${DRAWN}/${HOST}/png?seed=2`, inference("/refuse")],
  ],
  moderation_unavailable: [
    moderated(312, told("{}")),
    moderated(312, told('{"allow":"true"}')),
    moderated(312, told('{"allow":1}')),
    moderated(312, told("yes")),
    moderated(312, told(`{"allow":true,"x":"${"x".repeat(20_000)}"}`)),
    moderated(312, "/status/500"),
    moderated(312, "/status/204"),
    moderated(312, `/redirect?to=${encodeURIComponent(told('{"allow":true}'))}`),
    moderated(312, "/refuse"),
    moderated(312, "/hang"),
  ],
  storage_unavailable: [
    ["/v1/purge", { ...purge('{"tags":["a"]}', ADMIN_SECRET)[1], env: { ADMIN_SECRET, PICTURES: away } }],
    ["/v1/uploads", { method: "POST", body: readPicture("rgb.jpg"), env: { PICTURES: away } }],
    [`${DRAWN}/upload:${"B".repeat(22)}`, { env: { PICTURES: away } }],
  ],
  not_ready: [
    ["/readyz", inference("/status/503")],
    ["/readyz", inference("/refuse")],
    ["/readyz", { env: { MODEL_SUFFIX: "_unknown" } }],
    ["/readyz", { env: { PICTURES: away } }],
  ],
  source_timeout: [[`${DRAWN}/${HOST}/hang`, { env: { SOURCE_TIMEOUT: "1" } }]],
  inference_timeout: [[`${DRAWN}/${HOST}/png?seed=2`, inference("/hang", "1")]],
  request_loop: [[`${DRAWN}/${HOST}/png`, { headers: { Via: "1.1 proxy, 1.1 stylegate" } }]],
};

describe("every problem is answered as RFC 9457 has it:", () => {
  const cases = Object.entries(CASES).flatMap(([code, requests]) =>
    requests.map(([path, asked], index) => ({ code: code as ProblemCode, path, asked, index })),
  );

  it.each(cases)("$code ($index)", async ({ code, path, asked }) =>
    expectProblem(await ask(path, asked), code),
  );

  it("overloaded", async () => {
    vi.stubGlobal("DecompressionStream", withoutMemory);
    onTestFinished(() => void vi.unstubAllGlobals());
    await expectProblem(await ask(`${DRAWN}/${HOST}/png?seed=301`), "overloaded");
  });

  it.each([
    ["a source's bytes", () => ask(`${DRAWN}/${HOST}/png?seed=302&width=900&height=900`)],
    ["an upload's", () => ask(...post(new Uint8Array(200_000)))],
  ])("overloaded, where there is no memory for %s", async (_, asking) => {
    vi.spyOn(Uint8Array.prototype, "set").mockImplementation(withoutMemory);
    onTestFinished(() => void vi.restoreAllMocks());
    const answer = await asking();
    vi.restoreAllMocks();
    await expectProblem(answer, "overloaded");
  });

  async function expectProblem(answer: Response, code: ProblemCode) {
    const body = await answer.json<Record<string, unknown>>();
    expect(body).toMatchObject({ code, status: PROBLEMS[code].status, title: PROBLEMS[code].title });
    expect(answer.status).toBe(PROBLEMS[code].status);
    expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(body.type).toBe(`/docs/errors#${code}`);
    expect(body.detail).toMatch(/^["A-Z].*\.$/s);
    // Nothing from inside: no stack, no file, no secret.
    expect(JSON.stringify({ ...body, instance: "" })).not.toMatch(
      /\bat \S+ \(|\.ts\b|Error:|R2 is away|user:secret|inference\.example|network\.example|(?:masters|variants|sources|purges)\//,
    );
    expect(JSON.stringify([body, [...answer.headers]])).not.toContain(ADMIN_SECRET);
    if (answer.status === 503 && code !== "admin_disabled")
      expect(Number(answer.headers.get("Retry-After"))).toBeGreaterThan(0);
    if (answer.status === 401)
      expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer realm="stylegate"/);
    if (answer.status === 405) expect(answer.headers.get("Allow")).toMatch(/^[A-Z, ]+$/);
  }

  it("leads to where it is explained", async () => {
    const answer = await ask("/docs/errors");
    expect(await answer.text()).toContain("## source_not_allowed");
    expect(await (await ask("/docs/options")).text()).toContain("| `gravity` |");
  });

  it("leads a browser to the place on a page, which runs nothing", async () => {
    const asked = { headers: { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" } };
    const errors = await ask("/docs/errors", asked);
    expect(errors.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(errors.headers.get("Vary")).toContain("Accept");
    expect(errors.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'; .*sandbox$/);
    const page = await errors.text();
    for (const code of Object.keys(PROBLEMS)) expect(page).toContain(`<h2 id="${code}">`);
    const options = await (await ask("/docs/options", asked)).text();
    expect(options).toContain("<td><code>gravity</code></td>");
    const api = await (await ask("/docs", asked)).text();
    expect(await (await ask("/docs/", asked)).text()).toBe(api);
    expect(api).toContain('<code class="route"><b class="post">POST</b> /v1/uploads</code>');
    expect(api).toContain('<a href="/docs/errors#digest_mismatch">');
    for (const page of [options, api]) {
      for (const [, anchor] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${anchor}"`);
      expect(page).not.toMatch(/href="[^"]*\.md["#]/);
    }
  });
});

describe("what fails leaves nothing behind", () => {
  it("and the next request is answered as if nothing had been", async () => {
    const path = `${DRAWN},format=png/${HOST}/png?seed=300`;
    expect((await ask(path, inference("/status/503"))).status).toBe(503);
    expect((await ask(path, inference("/body"))).status).toBe(502);
    expect((await ask(path)).status).toBe(200);
  });

  it("and what is stored outlives every refused request", async () => {
    const id = await upload(readPicture("rgb.jpg"));
    const path = `${DRAWN},format=png/upload:${id}`;
    const before = await ask(path);
    for (const requests of [CASES.corrupt_picture, CASES.too_many_pixels, CASES.method_not_allowed]) {
      for (const [path, asked] of requests) await ask(path, asked).catch(() => {}); // a body is read once
    }
    expect((await ask(path)).bytes).toEqual(before.bytes);
    expect(await bindings.PICTURES.head(`uploads/${id}`)).not.toBeNull();
  });
});

it("a picture that would be too small at working size is refused before it is decoded", async () => {
  const bytes = pngOf(20_000, 400); // whoever decoded it would say that its data ends too early
  // Stored while WORKING_SIZE was larger, say: uploads themselves are refused by the same check.
  const original = { file_size: bytes.length, width: 20_000, height: 400, format: "image/png" };
  const id = randomId();
  const contentHash = await sha256(bytes);
  const sent = { sha256: contentHash, bytes: bytes.length };
  await writeUpload(
    bindings.PICTURES,
    {
      ...{ id, owner: "local", user: undefined, createdAt: 0, expiresAt: Number.POSITIVE_INFINITY },
      ...{ contentHash, sent, original, room: 4, hasAlpha: false },
    },
    bytes,
  );
  for (const strength of ["1", "0"]) {
    const answer = await ask(`${DRAWN},strength=${strength}/upload:${id}`);
    expect(await answer.json()).toMatchObject({
      code: "picture_too_small",
      detail: "At working size the picture has 768 × 15 pixels; each side needs 32.",
    });
  }
});

describe("POST /v1/uploads", () => {
  it.each<[PictureName, string]>([
    ["rgb.jpg", "jpeg"],
    ["rgb.png", "png"],
    ["lossy.webp", "webp"],
    ["still.gif", "gif"],
    ["420.avif", "avif"],
    ["420.heic", "heic"],
  ])("takes %s by its bytes, whatever the content type says", async (name, format) => {
    for (const headers of [{}, { "Content-Type": "text/html" }, { "Content-Type": "image/gif" }]) {
      const answer = await ask(...post(readPicture(name), headers));
      expect(answer.status).toBe(201);
      const body = await answer.json<Record<string, string>>();
      expect(body).toMatchObject({ width: 64, height: 48, format });
      expect(body.id).toMatch(/^[\w-]{22}$/);
      expect(body.image).toBe(`/image/style=${STYLES[0]?.id}/upload:${body.id}`);
      expect(answer.headers.get("Location")).toBe(`/v1/uploads/${body.id}`);
    }
  });

  it.each<[string, Partial<Bindings>]>([
    ["URLs must be signed", signed.env ?? {}],
    ["presets are all that is taken", { PRESETS: "avatar:style=handdrawn", PRESETS_ONLY: "yes" }],
  ])("names no image URL where %s, since that one would be refused", async (_, env) => {
    const [path, asked] = post(readPicture("rgb.png"));
    const answer = await ask(path, { ...asked, env });
    expect(answer.status).toBe(201);
    expect(await answer.json<object>()).not.toHaveProperty("image");
  });

  it("gives the size as it is looked at", async () => {
    const answer = await ask(...post(readPicture("exif-6.jpg")));
    expect(await answer.json()).toMatchObject({ width: 48, height: 64 });
  });

  it("gives equal pictures different ids: nobody learns from one whether it was there", async () => {
    const bytes = readPicture("rgb.png");
    expect(await upload(bytes)).not.toBe(await upload(bytes));
  });
});

describe("with ALLOWED_ORIGINS, POST /v1/uploads takes pictures", () => {
  const own = "https://stylegate.localhost";
  it.each<[string, string, Record<string, string>]>([
    [
      "of a page that it names",
      "https://shop.example",
      { Origin: "https://shop.example", "Sec-Fetch-Site": "cross-site" },
    ],
    [
      "of any page of this machine under *",
      "*",
      { Origin: "http://localhost:3000", "Sec-Fetch-Site": "cross-site" },
    ],
    ["of the service's own page", "", { Origin: own, "Sec-Fetch-Site": "same-origin" }],
    ["of the own page in a browser that says less", "", { Origin: own }],
    ["of the own page behind a proxy that ends TLS", "", { Origin: own.replace("https", "http") }],
    ["of what is no browser", "", {}],
  ])("%s", async (_, ALLOWED_ORIGINS, headers) => {
    const [path, asked] = post(readPicture("rgb.png"), headers);
    expect((await ask(path, { ...asked, env: { ALLOWED_ORIGINS } })).status).toBe(201);
  });
});

describe("other routes", () => {
  it("GET /v1/styles says what a style may be used for", async () => {
    const { styles } = await (await ask("/v1/styles")).json<{ styles: Record<string, unknown>[] }>();
    expect(styles).toEqual(manifest.styles); // data, training and figures too, whatever the cards hold
    expect(styles[0]).toMatchObject({ commercialUse: true }); // what is offered first, anybody may use
    expect(styles).toContainEqual(
      expect.objectContaining({
        id: "handdrawn",
        commercialUse: false,
        licence: expect.objectContaining({ name: "CC BY-NC-SA 4.0" }),
      }),
    );
  });

  it.each([
    ["", "none"],
    ["pictures.example", "listed"],
    ["*", "any"],
  ])(
    "GET /v1/styles tells a page whether URLs are admitted, not which: %j is %s",
    async (ALLOWED_SOURCES, sources) => {
      const told = await (await ask("/v1/styles", { env: { ALLOWED_SOURCES } })).json();
      expect(told).toEqual({
        styles: manifest.styles,
        sources,
        presets: [],
        presetsOnly: false,
        signed: false,
        keys: false,
      });
    },
  );

  it("GET /v1/styles tells what image URLs must be like", async () => {
    const env = {
      PRESETS: "avatar:style=handdrawn,w=256,h=256,fit=pad,background=%23fff; card:width=640,style=handdrawn",
      PRESETS_ONLY: "yes",
      SIGNING_KEYS: "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    };
    const told = async (variables: Record<string, string>) =>
      (await ask("/v1/styles", { env: variables })).json<Record<string, unknown>>();
    expect(await told(env)).toMatchObject({
      presets: [
        { name: "avatar", options: "style=handdrawn,width=256,height=256,fit=pad,background=%23ffffff" },
        { name: "card", options: "width=640,style=handdrawn" },
      ],
      presetsOnly: true,
      signed: true,
    });
    const { SIGNING_KEYS } = env;
    expect(await told({ ...env, REQUIRE_SIGNATURE: "no" })).toMatchObject({ signed: false });
    expect(JSON.stringify(await told({ SIGNING_KEYS }))).not.toContain("AAECAwQF");
  });

  it("GET /healthz needs nothing else; GET /readyz needs everything", async () => {
    const broken = { PICTURES: away, ...inference("/refuse").env };
    expect((await ask("/healthz", { env: broken })).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
    const { detail } = await (await ask("/readyz", { env: broken })).json<{ detail: string }>();
    expect(detail).toMatch(
      `Missing: ${STYLES.map(({ id }) => `the network of "${id}"`).join(", ")}, the storage; endpoint is unreachable; `,
    );
  });

  it("GET /readyz needs each bucket that SOURCE_BUCKETS names to be bound", async () => {
    const readyWith = async (SOURCE_BUCKETS: string) => {
      const answer = await ask("/readyz", { env: { SOURCE_BUCKETS } });
      return (await answer.json<{ code?: string }>()).code;
    };
    expect(await readyWith("photos=PHOTOS")).toBeUndefined();
    expect(await readyWith("photos=NOPE")).toBe("misconfigured");
    expect(await readyWith("photos=SINGLE_FLIGHT")).toBe("misconfigured");
  });

  it("nothing that is asked for is drawn to find out whether it can be", async () => {
    const before = await inferences();
    await ask("/readyz");
    await ask("/v1/styles");
    expect(await inferences()).toBe(before);
  });
});

describe("CORS", () => {
  const asked = (origin: string, env = {}): Asked => ({ headers: { Origin: origin }, env });

  it("lets any page in by default, and lets it read what it needs", async () => {
    const answer = await ask("/v1/styles", asked("https://shop.example", { AUTH: "keys" }));
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(answer.headers.get("Access-Control-Expose-Headers")).toContain("Server-Timing");
    expect(answer.headers.get("Timing-Allow-Origin")).toBe("*");
  });

  it("lets pages of this machine alone in by default where nobody is asked for a key", async () => {
    const allowed = await ask("/v1/styles", asked("http://localhost:3000"));
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe("http://localhost:3000");
    for (const origin of ["https://shop.example", "https://localhost.example", "null"]) {
      const refused = await ask("/v1/styles", asked(origin));
      expect(refused.headers.get("Access-Control-Allow-Origin"), origin).toBeNull();
    }
  });

  it("lets only those in that ALLOWED_ORIGINS names, errors included", async () => {
    const env = { ALLOWED_ORIGINS: "https://shop.example" };
    const allowed = await ask("/v1/uploads", asked("https://shop.example", env));
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe("https://shop.example");
    expect(allowed.headers.get("Vary")).toContain("Origin");
    const refused = await ask("/v1/styles", asked("https://shop.example.evil", env));
    expect(refused.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  it("answers the preflight of an upload", async () => {
    const answer = await ask("/v1/uploads", {
      method: "OPTIONS",
      headers: {
        Origin: "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    expect(answer.headers.get("Access-Control-Allow-Headers")).toContain("Content-Type");
  });
});
