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

  /** The names of those that are loaded. */
  get names(): string[] {
    return [...this.#loaded.keys()];
  }

  has = ({ name }: Network): boolean => this.#loaded.has(name);

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
    const loaded = await this.#load(file);
    this.#loaded.set(name, loaded);
    return loaded;
  }
}
