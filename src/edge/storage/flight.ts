import { asProblem } from "../as-problem.ts";
import { log } from "../telemetry/log.ts";
import type { Boarding, Failed, Landing, SingleFlight } from "./single-flight.ts";

/** A flight that this request leads, until it lands. */
export type Lead = { role: "leader"; land: (landing: Landing) => Promise<void> };

/** `alone`: the coordination is away, or its leaders die, so the request works for itself. */
export type Flight = Lead | { role: "passenger"; landing: Landing } | { role: "alone" };

/**
 * Milliseconds that a leader may be silent before another takes over. It renews three times as often, so that one lost renewal costs
 * nothing; a dead leader costs those who wait this long.
 */
const LEASE_TIME = 9_000;

/** A lost object is replaced at once; when that fails too, coordination is not worth an error. */
const ATTEMPTS = 2;

/** Leaders that a request sees lost before it works for itself: whatever kills them, waiting longer is no answer to it. */
const LEADERS = 4;

/** The flights, and the milliseconds after which nobody waits for a leader any more, however alive it is. */
export type Flights = { objects: DurableObjectNamespace<SingleFlight>; longest: number };

/**
 * Boards the flight of this name: leads it, or waits until it has landed. Never throws. A leader must land, whatever happens; its
 * lease is renewed until then, as long as its isolate lives.
 */
export async function board({ objects, longest }: Flights, name: string): Promise<Flight> {
  let [attempt, leaders] = [1, 0];
  while (attempt <= ATTEMPTS && leaders < LEADERS) {
    const stub = objects.getByName(name);
    try {
      const boarding: Boarding = await stub.board({ leaseTime: LEASE_TIME, longest });
      if (boarding.role === "leader") return lead(stub, boarding.ticket);
      if (boarding.role === "passenger") return boarding;
      leaders++;
    } catch (error) {
      log("warn", "single_flight_lost", { name, attempt: attempt++, error: String(error) });
    }
  }
  return { role: "alone" };
}

/**
 * Does a leader's work and lands with what came of it, an error too. The work goes on when the client leaves, since others wait for it;
 * whoever leads is answered as soon as the result is there, the landing may take longer.
 *
 * @param source what the work is made from, where others aboard may make theirs from something else
 */
export function leadFlight<Result>(
  flight: Lead,
  waitUntil: (work: Promise<unknown>) => void,
  work: () => Promise<{ result: Result; landing: Landing | Promise<Landing> }>,
  source?: string,
): Promise<Result> {
  const working = work();
  const landing = working.then(({ landing }) => landing).catch((error) => failedLanding(error, source));
  waitUntil(landing.then(flight.land));
  return working.then(({ result }) => result);
}

function failedLanding(error: unknown, source: string | undefined): Failed {
  const { code, detail, retryAfter } = asProblem(error);
  return { kind: "failed", code, detail, retryAfter, source };
}

function lead(stub: DurableObjectStub<SingleFlight>, ticket: string): Lead {
  const renewal = setInterval(() => {
    stub.renew(ticket).catch(() => {}); // the lease outlives one lost renewal, and landing tells the rest
  }, LEASE_TIME / 3);
  return {
    role: "leader",
    land: async (landing) => {
      clearInterval(renewal);
      try {
        await stub.land(ticket, landing);
      } catch (error) {
        log("warn", "single_flight_landing_lost", { error: String(error) });
      }
    },
  };
}
