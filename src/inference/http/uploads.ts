import { OipError } from "../../contract/oip.ts";

/** A body that is on its way. */
export type Upload = {
  /** Aborted: it has to make room. */
  displaced: AbortSignal;
  /** It is there, or will never be. */
  end(): void;
};

/**
 * Bodies that are being read: bounded, since they are in memory, and apart from the places in the queue, so that whoever sends slowly takes none
 * of those. Where there are too many, the oldest makes room if it has been at it for longer than honest bodies take.
 */
export class Uploads {
  readonly #most: number;
  readonly #displaceable: number;
  /** Since when; the oldest first. */
  readonly #under = new Map<AbortController, number>();

  /** @param displaceable milliseconds */
  constructor(most: number, displaceable: number) {
    this.#most = most;
    this.#displaceable = displaceable;
  }

  /** Throws OipError 503 where too many are on their way, none of them for long. */
  begin(): Upload {
    const [oldest] = this.#under;
    if (oldest && this.#under.size >= this.#most) {
      const [displaced, since] = oldest;
      if (performance.now() - since < this.#displaceable) {
        throw new OipError(503, "too many bodies are on their way");
      }
      this.#under.delete(displaced);
      displaced.abort();
    }
    const upload = new AbortController();
    this.#under.set(upload, performance.now());
    return { displaced: upload.signal, end: () => void this.#under.delete(upload) };
  }
}
