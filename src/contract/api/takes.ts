import { z } from "@hono/zod-openapi";
import { nearest } from "../transform/nearest.ts";

/**
 * What a part of a request takes, in words for whoever sent something else. Schemas say them where the validator's own would be no help; they
 * begin with a small letter, since they go on after the part's name.
 */
export const takes = (what: string) => ({
  error: ({ input }: { input?: unknown }) => (input === undefined ? "is missing" : `takes ${what}`),
});

export function whole(from: number, to: number) {
  const said = takes(`a whole number from ${from} to ${to}`);
  return z.int(said).min(from, said).max(to, said);
}

export function between(from: number, to: number) {
  const said = takes(`a number from ${from} to ${to}`);
  return z.number(said).min(from, said).max(to, said);
}

export const matching = (pattern: RegExp, what: string) => z.string().regex(pattern, takes(what));

/** An object with no other names than these. What it says of names that it does not know is a line for each. */
export function exactly<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((name: string) => unknown(name, known)).join("\n")
        : undefined,
  });
}

function unknown(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `is not known here; ${meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`}`;
}
