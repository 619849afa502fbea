import { describe, expect, it } from "vitest";
import { KeyRequest, TokenRequest } from "../../contract/api/keys.ts";
import * as routes from "../../contract/api/routes.ts";
import { StylizationRequest } from "../../contract/api/stylizations.ts";
import { UploadFrom } from "../../contract/api/uploads.ts";
import { invalid } from "./invalid.ts";

type Schema = { safeParse: typeof StylizationRequest.safeParse } | { safeParse: (value: unknown) => unknown };

/** What is said of each part of it that is wrong. */
function told(schema: Schema, value: unknown, isBody = true) {
  const parsed = schema.safeParse(value) as ReturnType<typeof StylizationRequest.safeParse>;
  const problem = invalid(parsed.error?.issues ?? [], isBody);
  return {
    detail: problem.detail,
    errors: problem.errors?.map((error) => `${error.pointer} ${error.detail}`),
  };
}

const output = (options: object) => ({ source: "upload:1", outputs: [{ style: "toon", ...options }] });

describe("what is said of a request that is not as the contract has it", () => {
  it.each<[Schema, unknown, string]>([
    [StylizationRequest, [], " takes an object"],
    [StylizationRequest, { outputs: [{ style: "toon" }] }, "/source is missing"],
    [StylizationRequest, { ...output({}), source: 3 }, "/source takes a text"],
    [StylizationRequest, { ...output({}), source: "" }, "/source takes 1 character at least"],
    [StylizationRequest, { source: "a", outputs: [] }, "/outputs takes 1 item at least"],
    [
      StylizationRequest,
      { source: "a", outputs: Array(17).fill({ style: "a" }) },
      "/outputs takes 16 items at most",
    ],
    [
      StylizationRequest,
      { ...output({}), webhook: "ftp://a" },
      "/webhook takes an absolute http(s) URL of 2000 characters at most",
    ],
    [
      StylizationRequest,
      { ...output({}), user: "Ann Lee" },
      "/user takes 1–128 letters, digits and . @ : + = ~ _ -",
    ],
    [
      StylizationRequest,
      { ...output({}), labels: { "a b": "1" } },
      "/labels/a b takes names of 1–40 letters, digits, . _ and -",
    ],
    [
      StylizationRequest,
      { ...output({}), labels: { "a~/": 1 } },
      "/labels/a~0~1 takes names of 1–40 letters, digits, . _ and -",
    ],
    [StylizationRequest, output({ style: undefined }), "/outputs/0/style is missing"],
    [
      StylizationRequest,
      output({ style: "A" }),
      "/outputs/0/style takes the id of a style, of GET /v1/styles",
    ],
    [
      StylizationRequest,
      output({ fit: "foo" }),
      "/outputs/0/fit takes one of scale-down, contain, cover, crop, pad",
    ],
    [StylizationRequest, output({ width: 0 }), "/outputs/0/width takes a whole number from 1 to 12000"],
    [StylizationRequest, output({ width: 1.5 }), "/outputs/0/width takes a whole number from 1 to 12000"],
    [StylizationRequest, output({ width: 1e300 }), "/outputs/0/width takes a whole number from 1 to 12000"],
    [StylizationRequest, output({ dpr: "2" }), "/outputs/0/dpr takes a number from 1 to 4"],
    [StylizationRequest, output({ widht: 3 }), "/outputs/0/widht is not known here; did you mean width?"],
    [
      StylizationRequest,
      output({ background: "red" }),
      "/outputs/0/background takes a colour such as #ffffff",
    ],
    [KeyRequest, { name: "a", scopes: ["draw"] }, "/scopes/0 takes one of transform, upload, admin"],
    [
      KeyRequest,
      { name: "a", scopes: ["upload"], expiresAt: "soon" },
      "/expiresAt takes a time such as 2026-11-29T10:00:00Z",
    ],
    [
      KeyRequest,
      { name: "a", scopes: ["upload"], quotas: { permonth: 1 } },
      "/quotas/permonth is not known here; did you mean perMonth?",
    ],
    [TokenRequest, { expiresIn: 1 }, "/expiresIn takes a whole number from 30 to 86400"],
    [UploadFrom, { source: "a", url: "b" }, "/url is not known here; known are source, user"],
  ])("%#: %j", (schema, value, sentence) => {
    expect(told(schema, value).errors).toEqual([sentence]);
  });

  it("names each thing once, and the first in the detail, as a sentence", () => {
    expect(told(StylizationRequest, output({ widht: 3, foo: 4, quality: 0 }))).toEqual({
      detail: "/outputs/0/quality takes a whole number from 1 to 100.",
      errors: [
        "/outputs/0/quality takes a whole number from 1 to 100",
        "/outputs/0/widht is not known here; did you mean width?",
        expect.stringMatching(/^\/outputs\/0\/foo is not known here; known are style, format, /),
      ],
    });
    expect(told(StylizationRequest, 3).detail).toBe("The body takes an object.");
  });

  it("names parameters by their names", () => {
    const { params } = routes.getStylization.request;
    expect(told(params, { id: "x" }, false).errors).toEqual([
      "id takes an id of 22 letters, digits, - and _",
    ]);
    const { headers } = routes.createResumableUpload.request;
    expect(told(headers, { "Upload-Length": "0" }, false).errors).toEqual([
      "Tus-Resumable takes 1.0.0",
      "Upload-Length takes a number of bytes",
    ]);
  });

  it("has words for every pattern of the contract, so that none is shown", () => {
    // Whatever parses a text is asked with one that no pattern takes.
    const requests = Object.values(routes).flatMap((route) =>
      typeof route === "object" && route && "request" in route ? [route.request] : [],
    );
    expect(requests.length).toBeGreaterThan(20);
    for (const request of requests) {
      for (const part of ["params", "query", "headers"] as const) {
        const schema = (request as Record<string, { shape?: object } & Schema>)[part];
        if (!schema) continue;
        const value = Object.fromEntries(Object.keys(schema.shape ?? {}).map((name) => [name, "\u0000 ☹"]));
        for (const error of told(schema, value, false).errors ?? [])
          expect(error).toMatch(/^\S+ (takes|is) [^^]+$/);
      }
    }
  });
});
