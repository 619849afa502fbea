import { expect, it } from "vitest";
import type { EndpointConfig } from "./config/inference.ts";
import { parseConfig } from "./config.ts";

const endpoint = (given: Partial<EndpointConfig>) => ({
  name: "endpoint",
  headers: {},
  modelSuffix: "",
  timeout: 60_000,
  concurrency: 32,
  hedgeAfter: undefined,
  ...given,
});

it("has a default for every variable", () => {
  const result = parseConfig({});
  expect(result).toEqual({
    ok: true,
    config: {
      inference: {
        endpoints: [endpoint({ url: "http://127.0.0.1:8788" })],
        timeout: 60_000,
        edgeAfter: 15_000,
      },
      origins: [],
      workingSize: 768,
      maxFaces: 32,
      source: {
        policy: [],
        timeout: 10_000,
        freshness: {
          ttl: 3600,
          minTtl: 60,
          maxTtl: 86_400,
          staleWhileRevalidate: 3600,
          staleIfError: 604_800,
        },
        errorSeconds: 10,
        buckets: [],
      },
      webhooks: [],
      uploadTimeout: 60_000,
      stylizations: { syncTimeout: 30_000, deadline: 3_600_000, ttl: 604_800_000 },
      uploads: { ttl: 7_776_000_000, sessionTtl: 86_400_000, direct: undefined },
      cacheMaxAgeSeconds: 86_400,
      presets: { named: new Map(), only: false },
      auth: "keys",
      signing: { keys: new Map(), isRequired: true, takesKeys: true },
      telemetry: { otlp: undefined, sampleRate: 0.01, trustsCallers: false, logs: "failed" },
    },
  });
});

it("reads every variable", () => {
  const result = parseConfig({
    INFERENCE_URL: "https://gpu.example.com/triton/",
    MODEL_SUFFIX: "_fp16",
    ALLOWED_SOURCES: "*",
    ALLOWED_ORIGINS: "https://www.example.com, https://app.example.com",
    PRESETS: "small:style=handdrawn,width=100",
    PRESETS_ONLY: "yes",
    SIGNING_KEYS: `a:${"A".repeat(43)}`,
    REQUIRE_SIGNATURE: "no",
    WORKING_SIZE: "512",
    MAX_FACES: "0",
    CACHE_MAX_AGE: "0",
    SOURCE_BUCKETS: "photos/public=PHOTOS",
    SOURCE_TTL: " 60 ",
    SOURCE_MIN_TTL: "1",
    SOURCE_MAX_TTL: "2",
    SOURCE_STALE_WHILE_REVALIDATE: "3",
    SOURCE_STALE_IF_ERROR: "4",
    SOURCE_ERROR_TTL: "5",
    FALLBACK_IMAGE: "r2:photos/public/nobody.png",
    FALLBACK_STATUS: "200",
    MODERATION_URL: "https://moderation.example.com/ask?v=1",
    MODERATION_SECRET: "s",
    MODERATION_TIMEOUT: "2",
    MODERATION_FAILURE: "allow",
    ADMIN_SECRET: "x".repeat(32),
    AUTH: "open",
    SOURCE_TIMEOUT: "5",
    ALLOWED_WEBHOOKS: "localhost:3000",
    UPLOAD_TIMEOUT: "120",
    SYNC_TIMEOUT: "0",
    STYLIZATION_DEADLINE: "60",
    STYLIZATION_TTL: "120",
    UPLOAD_TTL: "0",
    UPLOAD_SESSION_TTL: "60",
    R2_ACCOUNT_ID: `${"0af".repeat(10)}00.eu`,
    R2_BUCKET: "pictures",
    R2_ACCESS_KEY_ID: "id",
    R2_SECRET_ACCESS_KEY: "secret",
    INFERENCE_TIMEOUT: "",
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://otlp.example.com/otlp/",
    OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20aWQ6c2VjcmV0, X-Scope-OrgID=1",
    TRACE_SAMPLE_RATE: "0.5",
    TRACE_CALLERS: "trusted",
    LOG_REQUESTS: "all",
    EDGE_AFTER: "0",
  });
  expect(result).toEqual({
    ok: true,
    config: {
      inference: {
        endpoints: [endpoint({ url: "https://gpu.example.com/triton", modelSuffix: "_fp16" })],
        timeout: 60_000,
        edgeAfter: 0,
      },
      origins: ["https://www.example.com", "https://app.example.com"],
      workingSize: 512,
      maxFaces: 0,
      source: {
        policy: [{ kind: "any" }],
        timeout: 5_000,
        freshness: { ttl: 60, minTtl: 1, maxTtl: 2, staleWhileRevalidate: 3, staleIfError: 4 },
        errorSeconds: 5,
        buckets: [{ name: "photos", binding: "PHOTOS", prefix: ["public"] }],
      },
      fallback: { source: { kind: "r2", bucket: "photos", key: "public/nobody.png" }, status: 200 },
      moderation: {
        url: "https://moderation.example.com/ask?v=1",
        secret: "s",
        timeout: 2000,
        onFailure: "allow",
      },
      adminSecret: "x".repeat(32),
      webhooks: [{ kind: "host", host: "localhost", port: "3000", path: [] }],
      uploadTimeout: 120_000,
      stylizations: { syncTimeout: 0, deadline: 60_000, ttl: 120_000 },
      uploads: {
        ttl: Number.POSITIVE_INFINITY,
        sessionTtl: 60_000,
        direct: {
          url: `https://${"0af".repeat(10)}00.eu.r2.cloudflarestorage.com/pictures`,
          accessKeyId: "id",
          secretAccessKey: "secret",
        },
      },
      cacheMaxAgeSeconds: 0,
      presets: { named: new Map([["small", { style: "handdrawn", width: 100 }]]), only: true },
      auth: "open",
      signing: {
        keys: new Map([["a", { id: "a", bytes: new Uint8Array(32) }]]),
        isRequired: false,
        takesKeys: false,
      },
      telemetry: {
        otlp: {
          url: "https://otlp.example.com/otlp/v1/traces",
          headers: { Authorization: "Basic aWQ6c2VjcmV0", "X-Scope-OrgID": "1" },
        },
        sampleRate: 0.5,
        trustsCallers: true,
        logs: "all",
      },
    },
  });
});

it.each([
  ["INFERENCE_URL", "gpu.example.com"],
  ["INFERENCE_URL", "file:///models"],
  ["MODEL_SUFFIX", "/../x"],
  ["ALLOWED_SOURCES", "https://example.com"],
  ["ALLOWED_ORIGINS", "www.example.com"],
  ["ALLOWED_ORIGINS", "https://www.example.com/"],
  ["UPLOAD_TTL", "-1"],
  ["UPLOAD_SESSION_TTL", "0"],
  ["R2_ACCOUNT_ID", "0af".repeat(10)],
  ["PRESETS", "small"],
  ["PRESETS", "a:style=manga"],
  ["PRESETS_ONLY", "true"],
  ["PRESETS_ONLY", "yes"],
  ["SIGNING_KEYS", "secret"],
  ["SIGNING_KEYS", `a:${"A".repeat(42)}`], // 31 bytes
  ["SIGNING_KEYS", `a:${"A".repeat(87)}`], // 65 bytes
  ["SIGNING_KEYS", `a:${"A".repeat(42)}B`],
  ["SIGNING_KEYS", `a:${"A".repeat(42)}+`],
  ["SIGNING_KEYS", `a b:${"A".repeat(43)}`],
  ["SIGNING_KEYS", `a:${"A".repeat(43)},a:${"A".repeat(43)}`],
  ["REQUIRE_SIGNATURE", "yes"],
  ["REQUIRE_SIGNATURE", "true"],
  ["WORKING_SIZE", "31"],
  ["WORKING_SIZE", "1025"],
  ["WORKING_SIZE", "big"],
  ["MAX_FACES", "65"],
  ["MAX_FACES", "all"],
  ["CACHE_MAX_AGE", "-1"],
  ["SOURCE_TIMEOUT", "0"],
  ["ADMIN_SECRET", "too short"],
  ["FALLBACK_IMAGE", "me.jpg"],
  ["FALLBACK_IMAGE", "https://example.com/not-allowed.jpg"],
  ["FALLBACK_IMAGE", "r2:not/allowed.jpg"],
  ["FALLBACK_STATUS", "100"],
  ["FALLBACK_STATUS", "600"],
  ["FALLBACK_STATUS", "204"],
  ["FALLBACK_STATUS", "304"],
  ["MODERATION_URL", "moderation.example.com"],
  ["MODERATION_URL", "file:///x"],
  ["MODERATION_FAILURE", "open"],
  ["MODERATION_TIMEOUT", "0"],
  ["ADMIN_SECRET", `${"x".repeat(32)} y`],
  ["ADMIN_SECRET", "x".repeat(513)],
  ["MODERATION_SECRET", "Schlüssel"],
  ["MODERATION_SECRET", "ключ"],
  ["MODERATION_SECRET", "two words"],
  ["SOURCE_BUCKETS", "photos"],
  ["SOURCE_BUCKETS", "photos=PICTURES"],
  ["SOURCE_MIN_TTL", "86401"],
  ["SOURCE_ERROR_TTL", "61"],
  ["UPLOAD_TIMEOUT", "601"],
  ["SYNC_TIMEOUT", "121"],
  ["STYLIZATION_DEADLINE", "9"],
  ["STYLIZATION_TTL", "0"],
  ["STYLIZATION_TTL", "3599"], // less than the deadline
  ["INFERENCE_TIMEOUT", "1e3"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "otlp.example.com:4318"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://id:secret@otlp.example.com"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "https://otlp.example.com/?key=secret"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "Bearer secret"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "Authorization=%E0%A4%A"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "Authorization=a%0d%0aHost: b"],
  ["TRACE_SAMPLE_RATE", "1.5"],
  ["TRACE_SAMPLE_RATE", "-0.1"],
  ["TRACE_SAMPLE_RATE", "10%"],
  ["TRACE_CALLERS", "yes"],
  ["LOG_REQUESTS", "some"],
  ["EDGE_AFTER", "601"],
  ["INFERENCE_ENDPOINTS", "https://gpu.example.com"],
  ["INFERENCE_ENDPOINTS", "[]"],
  ["INFERENCE_ENDPOINTS", "{}"],
  ["INFERENCE_ENDPOINTS", '[{"name":"gpu"}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"GPU","url":"https://gpu.example.com"}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"edge","url":"https://gpu.example.com"}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"gpu","url":"https://gpu.example.com?x=1"}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"gpu","url":"https://user:secret@gpu.example.com"}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"gpu","url":"https://gpu.example.com","timeout":0}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"gpu","url":"https://gpu.example.com","hedge":5}]'],
  ["INFERENCE_ENDPOINTS", '[{"name":"a","url":"https://a.example"},{"name":"a","url":"https://b.example"}]'],
  ["INFERENCE_CREDENTIALS", "Bearer secret"],
  ["INFERENCE_CREDENTIALS", '{"endpoint":"Bearer secret"}'],
  ["INFERENCE_CREDENTIALS", '{"endpoint":{"Host":"gpu.example.com"}}'],
  ["INFERENCE_CREDENTIALS", '{"endpoint":{"Two words":"x"}}'],
  ["INFERENCE_CREDENTIALS", '{"endpoint":{"Authorization":"Bearer\\nsecret"}}'],
  ["INFERENCE_CREDENTIALS", '{"gpu":{"Authorization":"Bearer secret"}}'],
] as const)("complains about %s=%s by name", (name, value) => {
  const result = parseConfig({ [name]: value });
  expect(result).toEqual({ ok: false, complaints: [expect.stringMatching(`^${name}`)] });
});

it.each([
  ["a:style=manga", "no", /^PRESETS: "a": There is no style "manga"; there are: /],
  ["a:style=handdrawn;bare:width=10", "yes", /^PRESETS: "bare", .* need a "style"/],
  ["a:style=handdrawn,width=7000,dpr=2", "yes", /^PRESETS: "a", .* 14000 pixels/],
])(
  "complains about the preset in %s with PRESETS_ONLY=%s, which can never be answered",
  (presets, only, complaint) => {
    const result = parseConfig({ PRESETS: presets, PRESETS_ONLY: only });
    expect(result).toEqual({ ok: false, complaints: [expect.stringMatching(complaint)] });
  },
);

it("takes a preset without a style, which URLs may add", () => {
  expect(parseConfig({ PRESETS: "bare:width=10" }).ok).toBe(true);
});

it("complains about everything at once", () => {
  const result = parseConfig({ WORKING_SIZE: "x", ALLOWED_SOURCES: "x y", SOURCE_TTL: "-1" });
  expect(!result.ok && result.complaints).toHaveLength(3);
});

it("takes several endpoints in place of the one, each with its own credentials", () => {
  const listed = [
    { name: "gpu", url: "https://gpu.example.com/", modelSuffix: "_fp16", timeout: 5, hedgeAfter: 800 },
    { name: "cpu", url: "http://cpu.example.com:8000/v", modelSuffix: "_int8", concurrency: 4 },
  ];
  const result = parseConfig({
    INFERENCE_URL: "https://nobody.example.com",
    INFERENCE_ENDPOINTS: JSON.stringify(listed),
    INFERENCE_CREDENTIALS: '{"gpu":{"Authorization":"Bearer x y"}}',
  });
  expect(result.ok && result.config.inference.endpoints).toEqual([
    endpoint({
      ...{ name: "gpu", url: "https://gpu.example.com", modelSuffix: "_fp16" },
      ...{ timeout: 5_000, hedgeAfter: 800, headers: { Authorization: "Bearer x y" } },
    }),
    endpoint({ name: "cpu", url: "http://cpu.example.com:8000/v", modelSuffix: "_int8", concurrency: 4 }),
  ]);
});

it("gives the one endpoint its credentials by the name that it has", () => {
  const result = parseConfig({ INFERENCE_CREDENTIALS: '{"endpoint":{"X-Token":"x"}}' });
  expect(result.ok && result.config.inference.endpoints[0].headers).toEqual({ "X-Token": "x" });
});

it("does not repeat a secret in a complaint", () => {
  for (const text of [
    '{"endpoint":{"Bearer s3cr3t":"Authorization"}}',
    '{"s3cr3t":{}}',
    '["s3cr3t"]',
    "s3cr3t",
  ]) {
    const result = parseConfig({ INFERENCE_CREDENTIALS: text });
    expect(!result.ok && result.complaints.join()).not.toContain("s3cr3t");
  }
  const secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
  for (const text of [secret, `a:${secret}`, `a:b:${secret}`, `a:${secret}!`, `${secret}!:${secret}`]) {
    const result = parseConfig({ SIGNING_KEYS: text });
    expect(!result.ok && result.complaints.join()).not.toContain(secret);
  }
});

it.each([
  ["open", "", "", false],
  ["open", "", "no", false],
  ["open", `a:${"A".repeat(43)}`, "", true],
  ["open", `a:${"A".repeat(43)}`, "auto", true],
  ["open", `a:${"A".repeat(43)}=\nb:${"B".repeat(42)}A==`, "yes", true],
  ["open", `a:${"A".repeat(43)}`, "no", false],
  ["keys", "", "", true],
  ["keys", "", "no", false],
  ["keys", `a:${"A".repeat(43)}`, "", true],
])(
  "with AUTH=%s, the keys %j and REQUIRE_SIGNATURE=%s URLs must be signed: %s",
  (AUTH, keys, required, isRequired) => {
    const result = parseConfig({ AUTH, SIGNING_KEYS: keys, REQUIRE_SIGNATURE: required });
    expect(result.ok && result.config.signing.isRequired).toBe(isRequired);
  },
);

it.each([
  ["R2_ACCOUNT_ID", { R2_BUCKET: "pictures" }],
  ["R2_ACCOUNT_ID", { R2_SECRET_ACCESS_KEY: "secret" }],
  ["R2_BUCKET", { R2_ACCOUNT_ID: "0".repeat(32), R2_ACCESS_KEY_ID: "id", R2_SECRET_ACCESS_KEY: "secret" }],
  ["R2_ACCESS_KEY_ID", { R2_ACCOUNT_ID: "0".repeat(32), R2_BUCKET: "pictures" }],
])("complains about %s where direct uploads would go nowhere: %j", (name, variables) => {
  const complaints = [expect.stringMatching(new RegExp(`^${name}`))];
  expect(parseConfig(variables)).toEqual({ ok: false, complaints });
});
