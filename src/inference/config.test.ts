import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

it("has a default for every variable", () => {
  expect(readConfig({})).toEqual({
    host: "127.0.0.1",
    port: 8788,
    endpointKey: null,
    modelsDir: resolve("models"),
    models: null,
    concurrency: 1,
    threads: availableParallelism(),
    queueSize: 16,
    queueTarget: 1.5,
    maxBodyBytes: 16_777_216,
    maxPixels: 4_194_304,
    shutdownTimeout: 30,
    logLevel: "info",
    otlpEndpoint: null,
  });
});

it("reads every variable", () => {
  const config = readConfig({
    INFERENCE_HOST: "0.0.0.0",
    INFERENCE_PORT: "0",
    ENDPOINT_KEY: " secret ",
    MODELS_DIR: "/srv/models",
    MODELS: " a, b ,a,",
    INFERENCE_CONCURRENCY: "2",
    INFERENCE_THREADS: "3",
    QUEUE_SIZE: "0",
    QUEUE_TARGET: "2.5",
    MAX_BODY_BYTES: "2048",
    MAX_PIXELS: "9",
    SHUTDOWN_TIMEOUT: "5",
    LOG_LEVEL: "warn",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
  });
  expect(config).toEqual({
    host: "0.0.0.0",
    port: 0,
    endpointKey: "secret",
    modelsDir: "/srv/models",
    models: ["a", "b"],
    concurrency: 2,
    threads: 3,
    queueSize: 0,
    queueTarget: 2.5,
    maxBodyBytes: 2048,
    maxPixels: 9,
    shutdownTimeout: 5,
    logLevel: "warn",
    otlpEndpoint: "http://collector:4318",
  });
});

it("counts an empty variable as not set", () => {
  expect(readConfig({ INFERENCE_PORT: "", MODELS: " ", LOG_LEVEL: "" })).toEqual(readConfig({}));
});

it.each(["", " ", "\n"])("lets nobody in where ENDPOINT_KEY is %j, which was to be a key", (key) => {
  const message = "ENDPOINT_KEY is set, and empty: anybody might draw.";
  expect(() => readConfig({ ENDPOINT_KEY: key })).toThrowError(message);
});

it.each([
  ["INFERENCE_PORT", "65536", 'INFERENCE_PORT must be a whole number from 0 to 65535, not "65536".'],
  ["INFERENCE_PORT", "80a", 'INFERENCE_PORT must be a whole number from 0 to 65535, not "80a".'],
  ["INFERENCE_CONCURRENCY", "0", 'INFERENCE_CONCURRENCY must be a whole number from 1 to 64, not "0".'],
  ["QUEUE_SIZE", "-1", 'QUEUE_SIZE must be a whole number from 0 to 10000, not "-1".'],
  ["QUEUE_TARGET", "1.", 'QUEUE_TARGET must be a number from 0 to 1000, not "1.".'],
  ["MAX_PIXELS", "1e6", 'MAX_PIXELS must be a whole number from 1 to 268435456, not "1e6".'],
  [
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "collector:4318",
    'OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL, not "collector:4318".',
  ],
  ["LOG_LEVEL", "loud", 'LOG_LEVEL must be one of debug, info, warn, error, not "loud".'],
])("refuses %s=%s in one sentence", (name, value, message) => {
  expect(() => readConfig({ [name]: value })).toThrowError(message);
});
