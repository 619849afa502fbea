import type { Span } from "./spans.ts";

/** Milliseconds after which nothing more of a trace will come: the embedded server sends what it has every 5 seconds. */
export const QUIET = 6_000;

/** Gathers the spans of each trace, which come in several pieces, from several services. */
export class Traces {
  readonly #spans = new Map<string, Span[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #begun: (id: string) => void;

  /** @param begun is told of a trace when its first spans arrive */
  constructor(begun: (id: string) => void) {
    this.#begun = begun;
  }

  take(spans: readonly Span[]): void {
    for (const span of spans) {
      const known = this.#spans.get(span.trace);
      this.#timers.get(span.trace)?.refresh();
      if (known) known.push(span);
      else {
        this.#spans.set(span.trace, [span]);
        this.#begun(span.trace);
      }
    }
  }

  /** All that has come of a trace, once nothing more does. */
  whole(id: string): Promise<Span[]> {
    return new Promise((resolve) => {
      const end = () => {
        resolve(this.#spans.get(id) ?? []);
        this.#spans.delete(id);
        this.#timers.delete(id);
      };
      this.#timers.set(id, setTimeout(end, QUIET));
    });
  }
}
