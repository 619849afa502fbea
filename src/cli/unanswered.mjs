import { Complaint } from "./complaint.mjs";

/** What fetch says of a port of another protocol's, which the Fetch standard blocks. */
const BLOCKED = "bad port";

/**
 * A server that did not answer; undefined where the error is another mistake.
 *
 * @param {string} where
 * @param {unknown} error of fetch
 * @returns {Complaint | undefined}
 */
export function unanswered(where, error) {
  const why = whyUnanswered(error);
  return why === undefined ? undefined : new Complaint(`${where} does not answer: ${why}.`);
}

/**
 * Why a server did not answer, as fetch has it in its error's cause; undefined where that is another mistake.
 *
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function whyUnanswered(error) {
  if (error instanceof DOMException && error.name === "TimeoutError") return "it took too long";
  if (!(error instanceof TypeError) || error.message !== "fetch failed") return undefined;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  // Of a name with several addresses, each one's error, without a message of its own.
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  const why = (first instanceof Error && first.message) || cause.message || cause.name;
  return why === BLOCKED ? "fetch asks nothing at this port, whatever answers there; take another" : why;
}
