/**
 * The bytes of a source, up to 30 MiB, for whoever takes them first. Orders are held until the answer is sent, in several places; what
 * they hold must not keep the bytes in the isolate's memory while the network draws.
 */
export class Handover {
  #bytes: Uint8Array | undefined;

  constructor(bytes?: Uint8Array) {
    this.#bytes = bytes;
  }

  get isFull(): boolean {
    return this.#bytes !== undefined;
  }

  take(): Uint8Array {
    const bytes = this.#bytes;
    if (!bytes) throw new Error("a source's bytes were taken twice, or never there");
    this.#bytes = undefined;
    return bytes;
  }
}
