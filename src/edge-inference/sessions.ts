import { OipError } from "../contract/oip.ts";
import type { Network } from "./network.ts";

export type Loaded = {
  /**
   * The output for an input of this shape. It blocks the isolate for as long as it takes.
   *
   * @throws NetworkError, or whatever tore the runtime
   */
  draw: (bytes: Uint8Array, shape: readonly number[]) => Uint8Array;
  release: () => void;
};

/** What runs networks. */
export type Runtime = {
  /** Starts it, or starts it anew: then nothing is left of what was loaded. */
  start: () => Promise<void>;
  /** @throws NetworkError where the file is no network, or there is no memory for it, or whatever tore the runtime */
  load: (file: ArrayBuffer) => Loaded;
  /** That its memory has grown to; it never shrinks. */
  readonly bytes: number;
};

/** The runtime says what went wrong with a network, and goes on. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** Whether the runtime is torn: by anything that it has not said itself, and by a lack of memory, in which it does not give back what it took. */
export const isTorn = (error: unknown): boolean =>
  !(error instanceof OipError) && (!(error instanceof NetworkError) || /alloc/i.test(error.message));

/**
 * The networks that are loaded, the one used last at the end, and the runtime that runs them. Whoever asks has it for himself (turns.ts), so
 * that none is loaded twice, or released while it runs.
 */
export class Sessions {
  readonly #loaded = new Map<string, Loaded>();
  readonly #most: number;
  readonly #runtime: Runtime;
  #isStarted = false;
  #restarts = 0;

  /** @param runtime it is started with the first network that is asked for */
  constructor(most: number, runtime: Runtime) {
    this.#most = most;
    this.#runtime = runtime;
  }

  /** The names of those that are loaded. */
  get names(): string[] {
    return [...this.#loaded.keys()];
  }

  /** Of the runtime's memory. */
  get bytes(): number {
    return this.#runtime.bytes;
  }

  /** How often the runtime was given up. */
  get restarts(): number {
    return this.#restarts;
  }

  has = ({ name }: Network): boolean => this.#loaded.has(name);

  /** To be called when the runtime is torn. It is left as it is, all networks with it; whoever asks next has it started anew. */
  restart(): void {
    this.#isStarted = false;
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
      other.release();
    }
    if (!this.#isStarted) {
      await this.#runtime.start();
      this.#loaded.clear(); // of one that was taken for dead while it started the runtime, and did so before this one
      this.#isStarted = true;
    }
    const loaded = this.#runtime.load(file);
    this.#loaded.set(name, loaded);
    return loaded;
  }
}
