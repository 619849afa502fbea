import { describe, expect, it } from "vitest";
import { readArguments, readHeaders } from "./arguments.ts";

describe("the command line", () => {
  it("names URLs and servers to start, and a model", () => {
    expect(readArguments(["https://triton.example.com/", "kserve", "--model", "ttn_toon_fp16"])).toEqual({
      targets: [{ url: "https://triton.example.com" }, { server: "kserve" }],
      model: "ttn_toon_fp16",
    });
  });

  it("may ask for help", () => {
    expect(readArguments(["--help"]).targets).toEqual([]);
  });

  it.each([
    ["nothing", [], /npm run conformance/],
    ["another server", ["mlserver"], /mlserver is no http\(s\) URL and none of embedded, triton, kserve/],
    ["another scheme", ["grpc://127.0.0.1:8001"], /no http\(s\) URL/],
    ["an unknown flag", ["embedded", "--fast"], /--fast/],
  ])("makes no sense with %s", (_, args, sentence) => {
    expect(() => readArguments(args)).toThrow(sentence);
  });
});

describe("CONFORMANCE_HEADERS", () => {
  it("are an endpoint's, as INFERENCE_CREDENTIALS has them", () => {
    expect(readHeaders('{"Endpoint-Key": "secret"}')).toEqual({ "Endpoint-Key": "secret" });
    expect(readHeaders(undefined)).toEqual({});
  });

  it.each(["secret", "[]", '"secret"', '{"a": 1}'])("are not %s", (given) => {
    expect(() => readHeaders(given)).toThrow(/CONFORMANCE_HEADERS/);
  });
});
