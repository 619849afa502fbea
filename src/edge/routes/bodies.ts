import type { z } from "@hono/zod-openapi";
import { ProblemError } from "../../contract/problem.ts";
import { invalid } from "./invalid.ts";

// Bodies of several types, which a handler reads itself (`ownBody`).

/** @param type a `Content-Type` */
export const isJson = (type: string | undefined): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/i.test(type ?? "");

export const isForm = (type: string | undefined): boolean => /^multipart\/form-data\b/i.test(type ?? "");

/** @throws ProblemError invalid_request */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProblemError("invalid_request", "It is no JSON.", { cause });
  }
}

/** What the schema makes of it. @throws ProblemError invalid_request */
export function parsed<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw invalid(result.error.issues, true);
}

/**
 * The texts of a form, beside its `file`. Those that nobody would read are refused, as in JSON.
 *
 * @throws ProblemError invalid_request
 */
export function formTexts<Name extends string>(
  texts: ReadonlyMap<string, string>,
  allowed: readonly Name[],
): Partial<Record<Name, string>> {
  const known: readonly string[] = ["file", ...allowed];
  const stray = [...texts.keys()].find((name) => !known.includes(name));
  if (stray === undefined) return Object.fromEntries(texts) as Partial<Record<Name, string>>;
  const taken = known.map((name) => `"${name}"`).join(" and ");
  throw new ProblemError(
    "invalid_request",
    `The form has the field "${stray.slice(0, 40)}"; it takes ${taken}.`,
  );
}
