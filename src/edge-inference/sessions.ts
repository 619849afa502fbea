import { OipError } from "../contract/oip.ts";
import type { Network } from "./network.ts";

export type Loaded = {
  /** The output for an input of this shape. It blocks the isolate for as long as it takes. */
  draw: (bytes: Uint8Array, shape: readonly number[]) => Promise<Uint8Array>;
  release: () => Promise<void>;
};

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
   * To be called when a run has failed, which is for want of memory: the runtime does not give back what it had taken, nor can it be started
   * anew in this isolate. Whoever asks is told to go elsewhere until there is another.
   */
  giveUp(): void {
    this.#isBroken = true;
  }

  has = ({ name }: Network): boolean => this.#loaded.has(name);

  /**
   * The network, which is loaded if it is not; the one that was used longest ago makes room for it.
   *
   * @throws OipError 503 where a run has failed before
   */
  async get({ name, file }: Network): Promise<Loaded> {
    if (this.#isBroken) throw new OipError(503, "the engine has failed");
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
    const loaded = await this.#load(file);
    this.#loaded.set(name, loaded);
    return loaded;
  }
}
