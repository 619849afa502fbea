/** Milliseconds: proxies close a connection on which nothing was said for a minute or so. */
const HEARTBEAT = 15_000;

/** Bytes that a follower may be behind; then it is dropped, and goes on with `Last-Event-ID`. */
const MOST_BEHIND = 256 * 1024;

/** Followers of one stylization, of which each costs memory. */
const MOST_FOLLOWERS = 200;

type Follower = ReadableStreamDefaultController<Uint8Array>;

const encoder = new TextEncoder();

/** Connections that are told what happens to one stylization, as server-sent events. */
export class Followers {
  readonly #followers = new Set<Follower>();
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  get isFull(): boolean {
    return this.#followers.size >= MOST_FOLLOWERS;
  }

  /** @param first what a new follower is told at once */
  follow(first: string): ReadableStream<Uint8Array> {
    let follower: Follower;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          follower = controller;
          this.#followers.add(follower);
          this.#heartbeat ??= setInterval(() => this.tell(": still there\n\n"), HEARTBEAT);
          follower.enqueue(encoder.encode(first));
        },
        cancel: () => this.#drop(follower),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_BEHIND }),
    );
  }

  tell(text: string): void {
    const bytes = encoder.encode(text);
    for (const follower of [...this.#followers]) {
      if ((follower.desiredSize ?? 0) >= bytes.byteLength) follower.enqueue(bytes);
      else {
        this.#drop(follower);
        follower.error(new Error("The follower is too slow."));
      }
    }
  }

  /** There is nothing more to tell. */
  end(): void {
    for (const follower of [...this.#followers]) {
      this.#drop(follower);
      follower.close();
    }
  }

  #drop(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    if (this.#heartbeat !== undefined) clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
