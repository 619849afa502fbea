import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Followers } from "./followers.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const read = async (reader: ReadableStreamDefaultReader<Uint8Array>) => {
  const { done, value } = await reader.read();
  return done ? undefined : new TextDecoder().decode(value);
};

describe("followers", () => {
  it("hear a comment every 15 seconds, and no more once nobody is there", async () => {
    const followers = new Followers();
    const reader = followers.follow("first").getReader();
    expect(await read(reader)).toBe("first");
    vi.advanceTimersByTime(15_000);
    expect(await read(reader)).toMatch(/^:.*\n\n$/);
    expect(vi.getTimerCount()).toBe(1);
    await reader.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that read too slowly are dropped, and the others are not", async () => {
    const followers = new Followers();
    const [slow, quick] = [followers.follow("1"), followers.follow("1")].map((stream) => stream.getReader());
    const text = "x".repeat(100_000);
    for (let time = 0; time < 4; time++) {
      followers.tell(text);
      expect(await read(quick as never)).toBe(time === 0 ? "1" : text);
    }
    await expect(slow?.read()).rejects.toThrow("too slow");
    followers.end();
    expect(await read(quick as never)).toBe(text);
    expect(await read(quick as never)).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are no more than there is memory for", () => {
    const followers = new Followers();
    const readers = Array.from({ length: 200 }, () => followers.follow("1"));
    expect(followers.isFull).toBe(true);
    readers[0]?.cancel();
    expect(followers.isFull).toBe(false);
    followers.end();
  });
});
