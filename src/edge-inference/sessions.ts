import type { Network } from "./network.ts";

export type Loaded = {
  /** The output for an input of this shape. It blocks the isolate for as long as it takes. */
  draw: (bytes: Uint8Array, shape: readonly number[]) => Promise<Uint8Array>;
  release: () => Promise<void>;
};

/** What runs networks. */
export type Runtime = {
  /** @throws Error where the file is no network, or there is no memory for it */
  load: (file: ArrayBuffer) => Loaded;
  /** That its memory has grown to; it never shrinks. */
  readonly bytes: number;
};

/**
 * The networks that are loaded, the one used last at the end, and the runtime that runs them. Whoever asks has it for himself (turns.ts), so
 * that none is loaded twice, or released while it runs.
 */
export class Sessions {
  readonly #loaded = new Map<string, Loaded>();
  readonly #most: number;
  readonly #start: () => Promise<Runtime>;
  #runtime: Runtime | undefined;
  #restarts = 0;

  /** @param start the runtime starts with the first network that is asked for */
  constructor(most: number, start: () => Promise<Runtime>) {
    this.#most = most;
    this.#start = start;
  }

  /** The names of those that are loaded. */
  get names(): string[] {
    return [...this.#loaded.keys()];
  }

  /** Of the runtime's memory. */
  get bytes(): number {
    return this.#runtime?.bytes ?? 0;
  }

  /** How often the runtime was given up. */
  get restarts(): number {
    return this.#restarts;
  }

  has = ({ name }: Network): boolean => this.#loaded.has(name);

  /**
   * To be called when a run has failed for want of memory, or its code was torn: the runtime does not give back what it had taken. It is
   * dropped as it is, all networks with it, and its memory is collected; whoever asks next has another one start.
   */
  restart(): void {
    this.#runtime = undefined;
    this.#loaded.clear();
    this.#restarts++;
  }

  /** The network, which is loaded if it is not; the one that was used longest ago makes room for it. */
  async get({ name, file }: Network): Promise<Loaded> {
    const found = this.#loaded.get(name);
    if (found) {
      this.#loaded.delete(name);
      this.#loaded.set(name, found);
      return found;
    }
    for (const [oldest, other] of this.#loaded) {
      if (this.#loaded.size < this.#most) break;
      this.#loaded.delete(oldest);
      await other.release();
    }
    this.#runtime ??= await this.#start();
    const loaded = this.#runtime.load(file);
    this.#loaded.set(name, loaded);
    return loaded;
  }
}
