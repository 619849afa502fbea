/** What the API's resources have in common. Everything in this folder is a declaration: no I/O, and no handler. */
import { z } from "@hono/zod-openapi";
import { RANDOM_ID, SHA256 } from "../names.ts";
import { PROBLEMS, type ProblemCode } from "../problem.ts";
import { matching, takes } from "./takes.ts";

export { createRoute, z } from "@hono/zod-openapi";

/** What a key or a token may do. */
export const SCOPES = ["transform", "upload", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** `security` of a route: who may call it has this scope. */
export const needs = (scope: Scope) => [{ bearer: [scope] }];

/**
 * Of a route for those who have a key with these scopes, and not for their tokens: what is in an app is in anybody's hands, and shall neither mint
 * more nor see what others do.
 */
export const keysOnly = (scopes: Scope[]) => ({ security: [{ bearer: scopes }], "x-keys-only": true });

/** 128 bits in base64url. Whoever may see what it names is asked all the same. */
export const Id = matching(RANDOM_ID, "an id of 22 letters, digits, - and _").openapi({
  example: "9fGk2mVx4Qb7TzLr0WcYhA",
});

export const USER = /^[\w.@:+=~-]{1,128}$/;

export const User = matching(USER, "1–128 letters, digits and . @ : + = ~ _ -").openapi({
  description:
    "Whose picture it is, in the caller's own words: 1–128 letters, digits and `. @ : + = ~ _ -`. `DELETE /v1/users/{user}` erases by it. Take an id, not a name or an address.",
  example: "u_4711",
});

export const Time = z.iso.datetime({ precision: 3 }).openapi({ example: "2026-11-29T10:00:00.000Z" });

/** A time that somebody sends: in any zone, to any precision. */
export const GivenTime = z.iso
  .datetime({ offset: true, ...takes("a time such as 2026-11-29T10:00:00Z") })
  .transform((text) => new Date(text).toISOString())
  .openapi({ example: "2027-01-31T00:00:00Z" });

/** SHA-256. */
export const Sha256 = matching(SHA256, "a SHA-256 in 64 hexadecimal digits, small letters").openapi({
  description: "SHA-256 of the bytes, hexadecimal.",
});

export const Url = matching(
  /^https?:\/\/[^\s]{1,2000}$/,
  "an absolute http(s) URL of 2000 characters at most",
).openapi({ format: "uri", example: "https://app.example.com/hooks/stylegate" });

export const Problem = z
  .object({
    type: z.string().openapi({ example: "/docs/errors#invalid_request" }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().openapi({ description: "What happened this time, for people." }),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode]).openapi({
      description: "Stable: branch on it. `/docs/errors` explains them all; there may be more in time.",
      example: "invalid_request",
    }),
    instance: z.string().optional(),
    errors: z
      .array(
        z.object({
          pointer: z.string().openapi({
            description: "Where in the request: a JSON pointer into the body, or a parameter's name.",
            example: "/outputs/0/width",
          }),
          detail: z.string(),
        }),
      )
      .optional()
      .openapi({ description: "Of `invalid_request`: each thing that is wrong." }),
  })
  .openapi("Problem", { description: "RFC 9457. Every error is one." });

const PROBLEM = { "application/problem+json": { schema: Problem } };

/** Those that every route may answer. */
export const ALWAYS: readonly ProblemCode[] = [
  "internal",
  "misconfigured",
  "overloaded",
  "host_not_allowed",
  "request_loop",
];
/** Those that every route may answer that asks who comes. */
export const AUTHENTICATED: readonly ProblemCode[] = [
  "unauthorized",
  "forbidden",
  "rate_limited",
  "admin_disabled",
  "storage_unavailable",
];

/**
 * The `responses` for these problems, and those that every route has, by status.
 *
 * @param isOpen nobody is asked for a key
 */
export function problems(codes: readonly ProblemCode[], isOpen = false) {
  const all = [...new Set([...codes, ...ALWAYS, ...(isOpen ? [] : AUTHENTICATED)])];
  const statuses = [...new Set(all.map((code) => PROBLEMS[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const here = all.filter((code) => PROBLEMS[code].status === status).sort();
      const description = here.map((code) => `[\`${code}\`](/docs/errors#${code})`).join(", ");
      return [status, { description, content: PROBLEM }];
    }),
  );
}

export const json = <Schema extends z.ZodType>(schema: Schema) => ({ "application/json": { schema } });

/** A JSON body that must be there. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({ required: true, content: json(schema) });
