import { DurableObject } from "cloudflare:workers";
import type { ProblemCode } from "../../contract/problem.ts";

/** How a flight ended, for those who waited. */
export type Landing =
  /** What was to be made is stored. */
  | { kind: "stored" }
  /** It was made, but could not be stored: here it is, for those who wait now. */
  | { kind: "handed"; bytes: Uint8Array }
  | Failed;

/** It cannot be made. */
export type Failed = {
  kind: "failed";
  code: ProblemCode;
  detail: string;
  retryAfter: number | undefined;
  /** Which source the leader worked from, where those who wait may have another one: the trouble may be that source's alone. */
  source?: string | undefined;
};

export type Boarding = { role: "leader"; ticket: string } | { role: "passenger"; landing: Landing };

/**
 * One piece of work at a time, wherever in the world it is asked for: an object a key. The first to board leads and does the work in
 * its own isolate; the object keeps no picture and decodes none, it only lets the others wait and tells them how it ended. Everything is
 * in memory: if the object is lost, those who wait see their call fail and board again, and at worst the work is done twice.
 *
 * A leader that dies lets its lease run out, and whoever waits longest leads next. Errors are told to all who wait and then forgotten.
 */
export class SingleFlight extends DurableObject {
  #leader: { ticket: string; leaseTime: number; expiry: ReturnType<typeof setTimeout> } | undefined;
  #waiting: { leaseTime: number; resolve: (boarding: Boarding) => void }[] = [];

  /**
   * Answers at once to lead, or when the flight has landed.
   *
   * @param leaseTime milliseconds that this leader may be silent before another takes over
   */
  board(leaseTime: number): Promise<Boarding> | Boarding {
    if (!this.#leader) return this.#lead(leaseTime);
    return new Promise((resolve) => this.#waiting.push({ leaseTime, resolve }));
  }

  /** False when the lease has run out and somebody else leads. */
  renew(ticket: string): boolean {
    if (this.#leader?.ticket !== ticket) return false;
    clearTimeout(this.#leader.expiry);
    this.#leader.expiry = this.#expireAfter(this.#leader.leaseTime);
    return true;
  }

  /** Ends the flight, if it is still this leader's. */
  land(ticket: string, landing: Landing): void {
    if (this.#leader?.ticket !== ticket) return;
    clearTimeout(this.#leader.expiry);
    this.#leader = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve({ role: "passenger", landing });
  }

  #lead(leaseTime: number): Boarding {
    const ticket = crypto.randomUUID();
    this.#leader = { ticket, leaseTime, expiry: this.#expireAfter(leaseTime) };
    return { role: "leader", ticket };
  }

  #expireAfter(leaseTime: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.#leader = undefined;
      const next = this.#waiting.shift();
      if (next) next.resolve(this.#lead(next.leaseTime));
    }, leaseTime);
  }
}
