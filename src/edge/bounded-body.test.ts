import { describe, expect, it } from "vitest";
import { isCollected } from "../../tests/support/workerd/garbage.ts";
import { readBounded } from "./bounded-body.ts";

const LIMIT = 1_000_000;

/** A message of these pieces; `announced` is its Content-Length, whatever the pieces are. */
function message(pieces: Iterable<Uint8Array>, announced?: number, encoding?: string) {
  const headers = new Headers();
  if (announced !== undefined) headers.set("Content-Length", `${announced}`);
  if (encoding !== undefined) headers.set("Content-Encoding", encoding);
  const iterator = pieces[Symbol.iterator]();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  return { headers, body };
}

const piece = (length: number) => new Uint8Array(length).fill(7);

describe("readBounded", () => {
  it.each([
    ["without a length", undefined, undefined],
    ["with its length", 300_000, undefined],
    ["with too small a length", 10, undefined],
    ["with too large a length", 900_000, undefined],
    ["with the length of its compressed form", 10, "gzip"],
  ])("reads a body %s", async (_, announced, encoding) => {
    const pieces = [piece(100_000), piece(0), piece(199_999), piece(1)];
    expect(await readBounded(message(pieces, announced, encoding), LIMIT)).toEqual(piece(300_000));
  });

  it.each([
    ["one byte, announced as a megabyte", [1], LIMIT, 64 * 1024],
    ["a tenth of what was announced", Array(10).fill(10_000), LIMIT, 200_000],
    ["what was announced", [LIMIT], LIMIT, LIMIT],
    ["what nobody announced", Array(50).fill(10_000), undefined, LIMIT],
  ])("reserves no more than about twice what has arrived: %s", async (_, lengths, announced, most) => {
    const bytes = await readBounded(message(lengths.map(piece), announced), LIMIT);
    expect(bytes?.buffer.byteLength).toBeLessThanOrEqual(most);
  });

  it("reads the limit, and nothing beyond it", async () => {
    expect(await readBounded(message([piece(LIMIT)]), LIMIT)).toHaveLength(LIMIT);
    expect(await readBounded(message([piece(LIMIT), piece(1)]), LIMIT)).toBeUndefined();
    expect(await readBounded(message([piece(1)], LIMIT + 1), LIMIT)).toBeUndefined();
  });

  it("lets go of a chunk once it is copied, although more are to come", async () => {
    const chunks: WeakRef<object>[] = [];
    let areGone: boolean | undefined;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (chunks.length === 4) areGone = await isCollected(chunks[0] as WeakRef<object>);
        if (chunks.length === 4) return controller.close();
        const chunk = piece(100_000);
        chunks.push(new WeakRef(chunk));
        controller.enqueue(chunk);
      },
    });
    const { signal } = new AbortController();
    expect(await readBounded({ headers: new Headers(), body }, LIMIT, signal)).toHaveLength(400_000);
    expect(areGone).toBe(true);
  });

  it("stops when it is told to, and lets go of the body", async () => {
    const stop = new AbortController();
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      pull: () => stop.abort(new Error("enough")),
      cancel: (given) => {
        reason = given;
      },
    });
    await expect(readBounded({ headers: new Headers(), body }, LIMIT, stop.signal)).rejects.toThrow("enough");
    expect(reason).toEqual(new Error("enough"));
  });
});
