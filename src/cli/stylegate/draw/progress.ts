import { seconds } from "../../terminal.mjs";

/** What became of a photo. */
export type Outcome =
  | { kind: "drawn"; photo: string; files: string[]; milliseconds: number }
  | { kind: "skipped"; photo: string }
  | { kind: "failed"; photo: string; reason: string };

/** Photos of late that say how fast it goes: the first ones of a service that has just started tell nothing. */
const LATE = 20;
const BAR = 20;

/** On a terminal a bar that moves, elsewhere a line for each photo. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #all: number;
  readonly #now: () => number;
  #done = 0;
  #failed = 0;
  /** Whether something has come of a photo: a bar of skipped ones tells no time. */
  readonly #ends: number[] = [];

  constructor(stream: NodeJS.WriteStream, all: number, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#all = all;
    this.#now = now;
    this.#ends.push(now());
  }

  tell(outcome: Outcome): void {
    this.#done += 1;
    if (outcome.kind === "failed") this.#failed += 1;
    if (outcome.kind !== "skipped") this.#ends.push(this.#now());
    if (this.#ends.length > LATE) this.#ends.shift();
    if (this.#stream.isTTY) this.#draw(outcome.photo);
    else if (outcome.kind !== "skipped")
      this.#stream.write(`${this.#done}/${this.#all} ${lineOf(outcome)}\n`);
  }

  /** Before anything else is written. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\x1b[K");
  }

  #draw(photo: string): void {
    const full = Math.round((this.#done / this.#all) * BAR);
    const bar = "█".repeat(full) + "░".repeat(BAR - full);
    const failed = this.#failed > 0 ? `  ${this.#failed} failed` : "";
    const text = `${bar} ${this.#done}/${this.#all}${this.#left()}${failed}  ${photo}`;
    const room = (this.#stream.columns || 80) - 1;
    this.#stream.write(`\r\x1b[K${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
  }

  /** "  1:20 left" */
  #left(): string {
    const [first = 0] = this.#ends;
    const last = this.#ends.at(-1) ?? first;
    const photos = this.#ends.length - 1;
    const remaining = this.#all - this.#done;
    if (photos < 1 || remaining === 0) return "";
    return `  ${clock((remaining * (last - first)) / photos)} left`;
  }
}

function lineOf(outcome: Exclude<Outcome, { kind: "skipped" }>): string {
  if (outcome.kind === "failed") return `${outcome.photo}: ${outcome.reason}`;
  return `${outcome.photo} → ${outcome.files.join(", ")} (${seconds(outcome.milliseconds)})`;
}

/** "0:07", "12:30", "3:05:00" of milliseconds. */
export function clock(milliseconds: number): string {
  const all = Math.round(milliseconds / 1000);
  const two = (value: number) => `${value}`.padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
