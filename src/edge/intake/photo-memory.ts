import { ProblemError } from "../../contract/problem.ts";

const MIB = 1024 * 1024;

/** A photo of 30 MiB is there twice while its file is cut down to what is stored; whoever draws needs the rest of the isolate's 128 MB. */
export const MAX_HELD_BYTES = 64 * MIB;

/** Counts bytes of one photo, once they are there. @throws ProblemError overloaded where there is no room for them */
export type Take = (bytes: number) => void;

/**
 * The bytes of photos that an isolate holds at once, of all that arrive and are being stored. What counts is there: whoever announces much
 * and sends nothing takes nothing from the others. Nobody waits for room, since whoever waits holds what has arrived.
 */
export class PhotoMemory {
  #held = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What is taken meanwhile is given back when the work is done. */
  async hold<Result>(work: (take: Take) => Promise<Result>): Promise<Result> {
    let [mine, isOver] = [0, false];
    const take = (bytes: number) => {
      if (isOver) throw new Error("bytes arrived after the work was done"); // of a body that was not read to its end
      this.require(bytes);
      this.#held += bytes;
      mine += bytes;
    };
    try {
      return await work(take);
    } finally {
      isOver = true;
      this.#held -= mine;
    }
  }

  /** For what is announced: better refused before it is sent. @throws ProblemError overloaded */
  require(bytes: number): void {
    if (this.#held + bytes <= this.#capacity) return;
    throw new ProblemError("overloaded", "Too many photos arrive at once for the memory that there is.");
  }
}

export const photoMemory = new PhotoMemory(MAX_HELD_BYTES);
