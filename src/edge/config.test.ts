import { expect, it } from "vitest";
import { parseConfig } from "./config.ts";

it("has a default for every variable", () => {
  const result = parseConfig({});
  expect(result).toEqual({
    ok: true,
    config: {
      inference: { url: "http://127.0.0.1:8788", modelSuffix: "", timeout: 60_000 },
      sources: [],
      origins: [],
      workingSize: 768,
      source: { timeout: 10_000, ttlSeconds: 3600 },
      uploadTimeout: 60_000,
      cacheMaxAgeSeconds: 86_400,
      presets: { named: new Map(), only: false },
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
    WORKING_SIZE: "512",
    CACHE_MAX_AGE: "0",
    SOURCE_TTL: " 60 ",
    SOURCE_TIMEOUT: "5",
    UPLOAD_TIMEOUT: "120",
    INFERENCE_TIMEOUT: "",
  });
  expect(result).toEqual({
    ok: true,
    config: {
      inference: { url: "https://gpu.example.com/triton", modelSuffix: "_fp16", timeout: 60_000 },
      sources: [{ kind: "any" }],
      origins: ["https://www.example.com", "https://app.example.com"],
      workingSize: 512,
      source: { timeout: 5_000, ttlSeconds: 60 },
      uploadTimeout: 120_000,
      cacheMaxAgeSeconds: 0,
      presets: { named: new Map([["small", { style: "handdrawn", width: 100 }]]), only: true },
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
  ["PRESETS", "small"],
  ["PRESETS_ONLY", "true"],
  ["PRESETS_ONLY", "yes"],
  ["WORKING_SIZE", "31"],
  ["WORKING_SIZE", "1025"],
  ["WORKING_SIZE", "big"],
  ["CACHE_MAX_AGE", "-1"],
  ["SOURCE_TIMEOUT", "0"],
  ["UPLOAD_TIMEOUT", "601"],
  ["INFERENCE_TIMEOUT", "1e3"],
] as const)("complains about %s=%s by name", (name, value) => {
  const result = parseConfig({ [name]: value });
  expect(result).toEqual({ ok: false, complaints: [expect.stringMatching(`^${name}`)] });
});

it("complains about everything at once", () => {
  const result = parseConfig({ WORKING_SIZE: "x", ALLOWED_SOURCES: "x/y", SOURCE_TTL: "-1" });
  expect(!result.ok && result.complaints).toHaveLength(3);
});
