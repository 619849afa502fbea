import { describe, expect, it } from "vitest";
import document from "../../docs/errors.md?raw";
import { errorsPage } from "./errors-page.ts";
import { docsLink, PROBLEMS, type ProblemCode, problemBody } from "./problem.ts";

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

describe("problems", () => {
  it("are all explained in docs/errors.md; to renew it, see the failing test's expectation", () => {
    expect(document).toBe(errorsPage());
  });

  it.each(CODES)("%s links to its own section", (code) => {
    const anchor = docsLink(code).split("#")[1];
    expect(document.split("\n")).toContain(`## ${anchor}`);
  });

  it("have the members of RFC 9457 and the code", () => {
    expect(problemBody("unknown_style", "There is no style.", "/image/x")).toEqual({
      type: "/docs/errors#unknown_style",
      title: "There is no such style",
      status: 400,
      detail: "There is no style.",
      code: "unknown_style",
      instance: "/image/x",
    });
  });
});
