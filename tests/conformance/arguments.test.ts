import { describe, expect, it } from "vitest";
import { readArguments } from "./arguments.ts";

const read = (args: string[], env: Record<string, string> = {}) => readArguments(args, env);

describe("the command line", () => {
  it("names URLs and servers to start, and a model", () => {
    expect(read(["https://triton.example.com/", "kserve", "--model", "ttn_toon_fp16"])).toEqual({
      targets: [{ url: "https://triton.example.com" }, { server: "kserve" }],
      model: "ttn_toon_fp16",
      headers: {},
    });
  });

  it("may ask for help", () => {
    expect(read(["--help"]).targets).toEqual([]);
  });

  it.each([
    ["nothing", [], /npm run conformance -- URL/],
    ["another server", ["mlserver"], /mlserver is no http\(s\) URL and none of embedded, triton, kserve/],
    ["another scheme", ["grpc://127.0.0.1:8001"], /no http\(s\) URL/],
    ["an unknown flag", ["embedded", "--fast"], /There is no --fast/],
  ])("makes no sense with %s", (_, args, sentence) => {
    expect(() => read(args)).toThrow(
      expect.objectContaining({ code: 2, message: expect.stringMatching(sentence) }),
    );
  });
});

describe("headers", () => {
  it("come from the command line, one each", () => {
    const args = ["embedded", "--header", "CF-Access-Client-Id: me.access", "--header", "Endpoint-Key:a: b"];
    expect(read(args).headers).toEqual({ "cf-access-client-id": "me.access", "endpoint-key": "a: b" });
  });

  it("come from the environment too, where the command line says nothing else of the same", () => {
    const env = {
      CONFORMANCE_HEADERS: '{"Endpoint-Key": "old", "Authorization": "Bearer x"}',
    };
    expect(read(["embedded", "--header", "endpoint-key: new"], env).headers).toEqual({
      "endpoint-key": "new",
      authorization: "Bearer x",
    });
  });

  it.each<[string, string[], Record<string, string>]>([
    ["no colon", ["--header", "hunter2"], {}],
    ["no name", ["--header", ": hunter2"], {}],
    ["no value", ["--header", "hunter2:"], {}],
    ["a line more", ["--header", "a: b\nhunter2: c"], {}],
    ["a header of the protocol", ["--header", "Content-Length: hunter2"], {}],
    ["a number", [], { CONFORMANCE_HEADERS: '{"a": 1}' }],
    ["no JSON", [], { CONFORMANCE_HEADERS: "hunter2" }],
    ["JSON of something else", [], { CONFORMANCE_HEADERS: '["hunter2"]' }],
    ["a second object", [], { CONFORMANCE_HEADERS: '{}, "hunter2": {}' }],
    ["a value that is none", [], { CONFORMANCE_HEADERS: '{"Authorization": "Bearer\\nhunter2"}' }],
  ])("are refused with %s, and not told", (_, args, env) => {
    const complaint = (() => {
      try {
        return read(["embedded", ...args], env);
      } catch (error) {
        return error as Error;
      }
    })();
    expect(complaint).toMatchObject({ name: "Complaint", code: 2 });
    expect((complaint as Error).message).not.toContain("hunter2");
  });
});
