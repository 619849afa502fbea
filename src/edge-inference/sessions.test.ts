import { describe, expect, it } from "vitest";
import type { Network } from "./network.ts";
import { Sessions } from "./sessions.ts";

const network = (name: string): Network => ({
  name,
  file: new TextEncoder().encode(name).buffer as ArrayBuffer,
  maxBatchSize: 8,
  input: { name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] },
  output: { name: "stylized", datatype: "UINT8", shape: [-1, -1, -1, 3] },
});

/** Runtimes that note when they start, what they load and release, and cannot load what is called `broken`. */
function runtime() {
  const events: string[] = [];
  const load = (file: ArrayBuffer) => {
    const name = new TextDecoder().decode(file);
    events.push(`+${name}`);
    if (name === "broken") throw new Error("no network");
    return { draw: async (bytes: Uint8Array) => bytes, release: async () => void events.push(`-${name}`) };
  };
  const start = async () => {
    events.push("start");
    return { load, bytes: 64 };
  };
  return { events, start };
}

describe("the networks that are loaded", () => {
  it("are loaded when they are asked for, once", async () => {
    const { events, start } = runtime();
    const sessions = new Sessions(2, start);
    expect(events).toEqual([]);
    const loaded = await sessions.get(network("a"));
    expect(await sessions.get(network("a"))).toBe(loaded);
    expect([sessions.has(network("a")), sessions.has(network("b"))]).toEqual([true, false]);
    expect(events).toEqual(["start", "+a"]);
  });

  it("make room for others, the one that was used longest ago first", async () => {
    const { events, start } = runtime();
    const sessions = new Sessions(2, start);
    for (const name of ["a", "b", "a", "c", "a"]) await sessions.get(network(name));
    expect(events).toEqual(["start", "+a", "+b", "-b", "+c"]);
    expect(sessions.names).toEqual(["c", "a"]);
  });

  it("stay as they are where another cannot be loaded, which is tried anew each time", async () => {
    const { events, start } = runtime();
    const sessions = new Sessions(2, start);
    await sessions.get(network("a"));
    for (let i = 0; i < 2; i++) await expect(sessions.get(network("broken"))).rejects.toThrow("no network");
    await sessions.get(network("a"));
    expect(events).toEqual(["start", "+a", "+broken", "+broken"]);
    expect(sessions.names).toEqual(["a"]);
  });

  it("are loaded anew into another runtime, of which nothing is asked that the old one had", async () => {
    const { events, start } = runtime();
    const sessions = new Sessions(2, start);
    await sessions.get(network("a"));
    sessions.restart();
    expect([sessions.names, sessions.bytes, sessions.restarts]).toEqual([[], 0, 1]);
    await sessions.get(network("a"));
    expect(events).toEqual(["start", "+a", "start", "+a"]);
    expect(sessions.bytes).toBe(64);
  });
});
