import type { z } from "@hono/zod-openapi";

export type Issue = z.core.$ZodIssue;

/** What is wrong with a part of a request, for people: what goes on after its name. The validator's own texts are for who wrote the schema. */
export function sentenceOf(issue: Issue): string {
  if (/^[a-z]/.test(issue.message)) return issue.message; // the contract's own (contract/api/takes.ts)
  switch (issue.code) {
    case "invalid_type":
      return /received undefined$/.test(issue.message)
        ? "is missing"
        : `takes ${KINDS[issue.expected] ?? "another type"}`;
    case "invalid_value":
      return `takes ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "too_small":
      return `takes ${amount(issue.minimum, issue.origin)} at least`;
    case "too_big":
      return `takes ${amount(issue.maximum, issue.origin)} at most`;
    case "invalid_format":
      return FORMATS[issue.format] ?? "is not of the form that it takes";
    case "invalid_key":
      return issue.issues.map(sentenceOf).join("; ");
    case "unrecognized_keys":
      return "is not known here";
    default:
      return "has a value that it does not take";
  }
}

const KINDS: Partial<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const FORMATS: Partial<Record<string, string>> = {
  datetime: "takes a time such as 2026-11-29T10:00:00.000Z",
  url: "takes an absolute URL",
};

/** What is counted of what has a length; of a number nothing is. */
const UNITS: Partial<Record<string, [one: string, several: string]>> = {
  string: ["character", "characters"],
  array: ["item", "items"],
  record: ["entry", "entries"],
};

function amount(limit: number | bigint, origin: string): string {
  const [one, several] = UNITS[origin] ?? [];
  return one === undefined ? `${limit}` : `${limit} ${limit === 1 ? one : several}`;
}
