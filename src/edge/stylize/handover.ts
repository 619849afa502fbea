/** Of the 30 MiB that a source may have: photos of phones have fewer as a rule. What is larger is asked of the origin again. */
const LENT_BYTES = 8 * 1024 * 1024;

/** Of those that nobody needs again unless no endpoint draws: small photos, of which many may be waiting for their drawings at once. */
export const RESERVED_BYTES = 256 * 1024;

/**
 * The bytes of a source, up to 30 MiB, for whoever takes them first. Orders are held until the answer is sent, in several places; what
 * they hold must not keep many bytes in the isolate's memory while the network draws.
 */
export class Handover {
  #bytes: Uint8Array | undefined;

  constructor(bytes?: Uint8Array) {
    this.#bytes = bytes;
  }

  get isFull(): boolean {
    return this.#bytes !== undefined;
  }

  /** The bytes, which stay here while they are few enough for that. */
  lend(most = LENT_BYTES): Uint8Array {
    const bytes = this.#bytes;
    return bytes && bytes.length <= most ? bytes : this.take();
  }

  take(): Uint8Array {
    const bytes = this.#bytes;
    if (!bytes) throw new Error("a source's bytes were taken twice, or never there");
    this.#bytes = undefined;
    return bytes;
  }
}
