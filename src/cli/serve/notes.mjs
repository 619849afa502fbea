/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} state
 * @property {"unreachable" | "timeout" | "unauthorized" | "missing"} [reason]
 * @property {string[]} [missing]
 */

/** As src/edge/config names the edge's engine, and no endpoint may be called. */
const EDGE = "edge";

/**
 * What somebody should know of a service whose own endpoints cannot all draw, a line for each that cannot: pictures come all the same, but smaller,
 * and stylizations do not.
 *
 * @param {{ engines: Engine[] }} told by GET /readyz
 */
export function notesOn({ engines }) {
  const isAtEdge = engines.some(({ name, state }) => name === EDGE && state === "ready");
  return engines
    .filter(({ name, state }) => name !== EDGE && state === "away")
    .map((engine) => `Note: endpoint "${engine.name}" ${troubleOf(engine)}: ${untilThen(engine, isAtEdge)}`);
}

/** @param {Engine} engine */
function troubleOf({ name, reason, missing = [] }) {
  switch (reason) {
    case "missing":
      return `has not loaded ${missing.join(", ")}`;
    case "timeout":
      return "is too slow to say whether it is ready";
    case "unauthorized":
      return `lets nobody in with what the Worker sends (unauthorized; set INFERENCE_CREDENTIALS='{"${name}":{"Authorization":"Bearer …"}}')`;
    default:
      return `is ${reason}`;
  }
}

/**
 * @param {Engine} engine
 * @param {boolean} isAtEdge whether the edge draws, since no endpoint does
 */
function untilThen({ reason }, isAtEdge) {
  const then = reason === "unreachable" || reason === "timeout" ? "it answers" : "it does";
  return isAtEdge
    ? `the edge engine draws until ${then}, smaller; stylizations wait.`
    : `another endpoint draws until ${then}.`;
}
