import { OipError } from "../contract/oip.ts";
import type { Network } from "./network.ts";

export type Loaded = {
  /** The output for an input of this shape. It blocks the isolate for as long as it takes. */
  draw: (bytes: Uint8Array, shape: readonly number[]) => Promise<Uint8Array>;
  release: () => Promise<void>;
};

/** The runtime is done for, in this isolate. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/**
 * The networks that are loaded, the one used last at the end. Whoever asks has the runtime for himself (turns.ts), so that none is loaded
 * twice, or released while it runs.
 */
export class Sessions {
  readonly #loaded = new Map<string, Loaded>();
  readonly #most: number;
  readonly #load: (file: ArrayBuffer) => Promise<Loaded>;

  constructor(most: number, load: (file: ArrayBuffer) => Promise<Loaded>) {
    this.#most = most;
    this.#load = load;
  }

  #isBroken = false;

  /** The names of those that are loaded. */
  get names(): string[] {
    return [...this.#loaded.keys()];
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * To be called when a run has failed for want of memory: the runtime does not give back what it had taken, nor can it be started anew in this
   * isolate (it keeps its one instance in a module's variables). Whoever asks is told so, until there is another isolate: not that the engine
   * is busy, which is worth waiting for.
   */
  giveUp(): void {
    this.#isBroken = true;
  }

  has = ({ name }: Network): boolean => this.#loaded.has(name);

  /**
   * The network, which is loaded if it is not; the one that was used longest ago makes room for it.
   *
   * @throws OipError 500 where the engine has given up
   */
  async get({ name, file }: Network): Promise<Loaded> {
    if (this.#isBroken) throw new OipError(500, "the engine has failed");
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
    const loaded = await this.#load(file).catch((error: unknown) => {
      if (error instanceof EngineError) this.giveUp();
      throw error;
    });
    this.#loaded.set(name, loaded);
    return loaded;
  }
}
