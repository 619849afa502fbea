/** One line of a terminal that says what is being done; nothing where nobody watches. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  say(text: string): void {
    if (!this.#stream.isTTY) return;
    const room = (this.#stream.columns || 80) - 1;
    this.#stream.write(`\r\x1b[K${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }
}
