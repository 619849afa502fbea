import { describe, expect, it } from "vitest";
import { OPERATIONS } from "../../contract/api/operations.ts";
import { app } from "../app.ts";

/** Pages for people: no operations of the API. */
const OTHERS = ["GET /docs", "GET /docs/", "GET /docs/errors", "GET /docs/options"];

/** As Hono writes a path; a source of an image URL has slashes of its own, and HEAD is answered wherever GET is. */
const described = OPERATIONS.map(({ method, path }) => {
  const route = path.replace("/{options}/{source}", "/*").replaceAll(/\{(\w+)\}/g, ":$1");
  return `${method === "head" ? "GET" : method.toUpperCase()} ${route}`;
});

const mounted = [
  ...new Set(
    app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`),
  ),
];

describe("the routes of the Worker and the operations of its document are the same", () => {
  it("every operation is answered", () => {
    expect(described.filter((route) => !mounted.includes(route))).toEqual([]);
  });

  it("every route is described", () => {
    const known = [...described, ...OTHERS];
    expect(OTHERS.filter((route) => !mounted.includes(route))).toEqual([]);
    expect(mounted.filter((route) => !known.includes(route))).toEqual([]);
  });
});
