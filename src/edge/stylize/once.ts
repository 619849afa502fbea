import { type ProblemCode, ProblemError } from "../../contract/problem.ts";
import { spellSource } from "../../contract/source.ts";
import type { Kit } from "../kit.ts";
import { board, leadFlight } from "../storage/flight.ts";
import type { Failed, Landing } from "../storage/single-flight.ts";
import type { Order } from "./order.ts";

/** Something that one request makes of an order for all who want it at the same time. */
export type Shared<Result> = {
  /** What is waited for, as traces call it. */
  kind: "master" | "matte";
  /** Its name. */
  key: string;
  /** Makes it, unless another flight has landed since; the landing may come after the result. */
  lead: () => Promise<{ result: Result; landing: Landing | Promise<Landing> }>;
  /** Takes what another has made; undefined where it is not there. */
  take: (landing: Exclude<Landing, Failed>) => Promise<Result | undefined>;
  /** Makes it, whoever else may be doing so. */
  alone: () => Promise<Result>;
};

/** Flights that may fail through other people's sources before a request no longer waits for any. */
const FLIGHTS = 3;

/**
 * Makes it, unless another request is just doing so: then waits for that. What is kept flies apart from what is shown at an image URL: it has
 * more time than a person should wait there, and fails where they would still have the edge's picture, or one without its heads. So does what
 * nobody waits for from what somebody does: it is let in last. At worst a picture is drawn once for each of the three.
 *
 * @throws what made the other fail, and what making it throws
 */
export async function once<Result>(shared: Shared<Result>, order: Order, kit: Kit): Promise<Result> {
  const name = kit.isForKeeps ? `${shared.key}/${kit.inference.priority}` : shared.key;
  for (let flights = 0; flights < FLIGHTS; flights++) {
    const flight = await kit.timing.measure("wait", () => board(kit.flights, name), shared.kind);
    if (flight.role === "leader")
      return leadFlight(flight, kit.waitUntil, shared.lead, spellSource(order.source));
    if (flight.role === "alone") break;
    const { landing } = flight;
    if (landing.kind !== "failed") {
      const taken = await shared.take(landing);
      if (taken !== undefined) return taken;
      break;
    }
    if (isEverybodys(landing, order)) {
      const { code, detail, retryAfter } = landing;
      throw new ProblemError(code, detail, { retryAfter });
    }
  }
  return shared.alone();
}

/** The service's own trouble, and what is thought of the content: all passengers'. Anything else may be the leader's source's alone. */
const EVERYBODYS: readonly ProblemCode[] = [
  "inference_failed",
  "inference_unavailable",
  "inference_timeout",
  "overloaded",
  "picture_refused",
  "moderation_unavailable",
];

const isEverybodys = ({ code, source }: Failed, order: Order) =>
  EVERYBODYS.includes(code) || source === spellSource(order.source);
