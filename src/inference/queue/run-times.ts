/** What a run has to do: the elements (pixels × channels) of its inputs, and whose they are. */
export type Work = { model: string; elements: number };

/** Weight of the newest run, as of the newest round trip in RFC 6298. */
const NEWEST = 1 / 8;

/** How long runs take, learnt from those that have ended. Seconds; 0 as long as none has. */
export class RunTimes {
  readonly #perElement = new Map<string, number>();
  #mean = 0;
  #meanSquare = 0;

  learn({ model, elements }: Work, seconds: number): void {
    this.#perElement.set(model, blend(this.#perElement.get(model), seconds / elements));
    const first = this.#mean === 0;
    this.#mean = blend(first ? undefined : this.#mean, seconds);
    this.#meanSquare = blend(first ? undefined : this.#meanSquare, seconds ** 2);
  }

  /** Of this one, from its model's time per element; of a model that has not run yet, as of any. */
  expect({ model, elements }: Work): number {
    const perElement = this.#perElement.get(model);
    return perElement === undefined ? this.#mean : perElement * elements;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Of the run that a newcomer finds under way: long ones are met more often than short ones. */
  get met(): number {
    return this.#mean === 0 ? 0 : this.#meanSquare / this.#mean;
  }
}

function blend(before: number | undefined, newest: number): number {
  return before === undefined ? newest : before + NEWEST * (newest - before);
}
