import type { InferenceSession } from "onnxruntime-web/wasm";
import type { Network } from "./networks.ts";

/**
 * The networks that are loaded, the one used last at the end. Whoever asks has the runtime for himself (turns.ts), so that none is loaded
 * twice, or released while it runs.
 */
export class Sessions {
  readonly #loaded = new Map<string, InferenceSession>();
  readonly #most: number;
  readonly #create: (file: ArrayBuffer) => Promise<InferenceSession>;

  constructor(most: number, create: (file: ArrayBuffer) => Promise<InferenceSession>) {
    this.#most = most;
    this.#create = create;
  }

  /** The names of those that are loaded. */
  get names(): string[] {
    return [...this.#loaded.keys()];
  }

  has = ({ name }: Network): boolean => this.#loaded.has(name);

  /** The network, which is loaded if it is not; the one that was used longest ago makes room for it. */
  async get({ name, file }: Network): Promise<InferenceSession> {
    const session = this.#loaded.get(name);
    if (session) {
      this.#loaded.delete(name);
      this.#loaded.set(name, session);
      return session;
    }
    for (const [oldest, other] of this.#loaded) {
      if (this.#loaded.size < this.#most) break;
      this.#loaded.delete(oldest);
      await other.release();
    }
    const created = await this.#create(file);
    this.#loaded.set(name, created);
    return created;
  }
}
