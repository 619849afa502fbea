import type { Context } from "hono";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import { answerProblem } from "./problems.ts";

/** Which bytes of an answer are wanted; `end` is the first byte that is not. */
type Wanted = { kind: "all" } | { kind: "part"; start: number; end: number } | { kind: "none" };

/**
 * Reads a `Range` header (RFC 9110 14.2). Several ranges, other units and what cannot be read are ignored, as the RFC allows: pictures
 * are small, and assembling many small parts of one is a known way to make a server work.
 *
 * @param length bytes of the whole
 */
export function parseRange(header: string | null, length: number): Wanted {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return { kind: "all" };
  if (first === "") return part(Math.max(0, length - Number(last)), length, length); // the last so many
  if (last !== "" && Number(last) < Number(first)) return { kind: "all" };
  return part(Number(first), last === "" ? length : Math.min(length, Number(last) + 1), length);
}

const part = (start: number, end: number, length: number): Wanted =>
  start < length && start < end ? { kind: "part", start, end } : { kind: "none" };

/** Whether an `If-Range` lets a part be answered: it must name this very entity tag (strong comparison), or not be there. */
export const mayBePart = (ifRange: string | null, etag: string): boolean =>
  ifRange === null || ifRange.trim() === etag;

/** Of a 206: which bytes these are, of how many. */
export const partHeaders = ({ start, end }: { start: number; end: number }, length: number) => ({
  "Content-Length": `${end - start}`,
  "Content-Range": `bytes ${start}-${end - 1}/${length}`,
});

/** None of the bytes that are wanted is there (RFC 9110 15.5.17). */
export function unsatisfiable(length: number, c: Context<App>): Response {
  const problem = new ProblemError("range_not_satisfiable", `The picture has ${length} bytes.`);
  const refusal = answerProblem(problem, c);
  refusal.headers.set("Content-Range", `bytes */${length}`);
  return refusal;
}
