/** What a run counts in the average of those before it. */
const SHARE = 0.3;

/** How long drawing takes, as it has been learnt from what was drawn: in time by the pixel, which is about the same for all sizes and networks. */
export class Pace {
  #perPixel: number | undefined;

  /** @param milliseconds that a run of so many pixels took */
  learn(pixels: number, milliseconds: number): void {
    const seen = milliseconds / pixels;
    this.#perPixel = this.#perPixel === undefined ? seen : this.#perPixel + SHARE * (seen - this.#perPixel);
  }

  /** Milliseconds that so many pixels will take; 0 while nothing has been drawn. */
  of(pixels: number): number {
    return pixels * (this.#perPixel ?? 0);
  }
}
