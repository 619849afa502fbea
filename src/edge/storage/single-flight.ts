import { DurableObject } from "cloudflare:workers";
import type { ProblemCode } from "../../contract/problem.ts";

/** How a flight ended, for those who waited. */
export type Landing =
  /** What was to be made is stored. */
  | ({ kind: "stored" } & Made)
  /** It was made, but could not be stored: here it is, for those who wait now. */
  | ({ kind: "handed"; bytes: Uint8Array } & Made)
  | Failed;

type Made = {
  /** Faces could not be looked for: it is the picture without, under that one's name. */
  isFaceless?: true | undefined;
  /** How many were found, where that is not to be seen in the bytes. */
  faces?: number | undefined;
};

/** It cannot be made. */
export type Failed = {
  kind: "failed";
  code: ProblemCode;
  detail: string;
  retryAfter: number | undefined;
  /** Which source the leader worked from, where those who wait may have another one: the trouble may be that source's alone. */
  source?: string | undefined;
};

/** What a leader may do, in milliseconds. */
export type Terms = {
  /** How long it may be silent before another may take over. */
  leaseTime: number;
  /** How long it may take, however often it renews. */
  longest: number;
};

export type Boarding =
  | { role: "leader"; ticket: string }
  | { role: "passenger"; landing: Landing }
  /** The leader was lost: whoever still wants the work done boards again. */
  | { role: "again" };

/**
 * One piece of work at a time, wherever in the world it is asked for: an object a key. The first to board leads and does the work in
 * its own isolate; the object keeps no picture and decodes none, it only lets the others wait and tells them how it ended. Everything is
 * in memory: if the object is lost, those who wait see their call fail and board again, and at worst the work is done twice.
 *
 * A leader that dies lets its lease run out, and those who wait are told to board again: nobody here knows which of them are still there,
 * and one whose client has gone must not lead. The same holds for a leader that lives, but takes longer than any timeout of its work
 * allows. Errors are told to all who wait and then forgotten.
 */
export class SingleFlight extends DurableObject {
  #leader: (Terms & { ticket: string; until: number; expiry: ReturnType<typeof setTimeout> }) | undefined;
  #waiting: ((boarding: Boarding) => void)[] = [];

  /** Answers at once to lead, on these terms, or when the flight has landed or lost its leader. */
  board(terms: Terms): Promise<Boarding> | Boarding {
    if (!this.#leader) return this.#lead(terms);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** False when the lease has run out and somebody else leads, or will soon. */
  renew(ticket: string): boolean {
    if (this.#leader?.ticket !== ticket || Date.now() >= this.#leader.until) return false;
    clearTimeout(this.#leader.expiry);
    this.#leader.expiry = this.#expireAfter(this.#leader.leaseTime);
    return true;
  }

  /** Ends the flight, if it is still this leader's. */
  land(ticket: string, landing: Landing): void {
    if (this.#leader?.ticket !== ticket) return;
    clearTimeout(this.#leader.expiry);
    this.#end({ role: "passenger", landing });
  }

  #end(boarding: Boarding): void {
    this.#leader = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(boarding);
  }

  #lead(terms: Terms): Boarding {
    const ticket = crypto.randomUUID();
    const until = Date.now() + terms.longest;
    this.#leader = { ...terms, ticket, until, expiry: this.#expireAfter(terms.leaseTime) };
    return { role: "leader", ticket };
  }

  #expireAfter(leaseTime: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#end({ role: "again" }), leaseTime);
  }
}
