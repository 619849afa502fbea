import { describe, expect, it } from "vitest";
import { PROBLEMS } from "../problem.ts";
import { openApiDocument } from "./document.ts";
import { OPERATIONS } from "./operations.ts";
import * as routes from "./routes.ts";
import { TAGS } from "./tags.ts";

const document = JSON.parse(JSON.stringify(openApiDocument()));

const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

type Operation = {
  operationId: string;
  summary?: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; description?: string }[];
  responses: Record<string, { description: string }>;
};

describe("the document", () => {
  it("has every route of the API", () => {
    const declared = Object.values(routes).flatMap((each) =>
      typeof each === "object" && "getRoutingPath" in each ? [each.operationId] : [],
    );
    expect(OPERATIONS.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(declared));
    expect(operations).toHaveLength(OPERATIONS.length);
  });

  it("names each operation once, sums it up, and has it in one of its parts", () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const names: string[] = TAGS.map(({ name }) => name);
    for (const { summary, tags } of operations) {
      expect(summary).toMatch(/^[A-Z].*[^.]$/);
      expect(tags).toEqual([expect.toSatisfy((tag: string) => names.includes(tag))]);
    }
  });

  it("says of each operation who may call it", () => {
    const isOpen = ({ security = [] }: Operation) => security.every((needed) => !("bearer" in needed));
    const open = operations.filter(isOpen).map(({ path }) => path);
    expect(operations.every(({ security }) => security !== undefined)).toBe(true);
    const either = operations.filter(({ security = [] }) => security.length > 1);
    expect(either.map(({ path, security }) => [path, security])).toEqual([
      ["/image/{options}/{source}", [{}, { bearer: ["transform"] }]],
    ]);
    expect(open.sort()).toEqual([
      "/healthz",
      "/openapi.json",
      "/readyz",
      "/v1/pictures/{id}",
      "/v1/styles",
      "/v1/uploads/{id}/content",
    ]);
  });

  it("links every problem to where it is explained", () => {
    const linked = operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ description }) => [
        ...description.matchAll(/\[`(\w+)`\]\(\/docs\/errors#(\w+)\)/g),
      ]),
    );
    expect(linked.length).toBeGreaterThan(100);
    for (const [, code = "", anchor] of linked) {
      expect(Object.keys(PROBLEMS)).toContain(code);
      expect(anchor).toBe(code);
    }
  });
});
