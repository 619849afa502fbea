import { describe, expect, it } from "vitest";
import type { Network } from "./network.ts";
import { EngineError, Sessions } from "./sessions.ts";

const network = (name: string): Network => ({
  name,
  file: new TextEncoder().encode(name).buffer as ArrayBuffer,
  maxBatchSize: 8,
  input: { name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] },
  output: { name: "stylized", datatype: "UINT8", shape: [-1, -1, -1, 3] },
});

/** A runtime that notes what it loads and releases, and cannot load what is called `broken`. */
function runtime() {
  const events: string[] = [];
  const load = async (file: ArrayBuffer) => {
    const name = new TextDecoder().decode(file);
    events.push(`+${name}`);
    if (name === "broken") throw new Error("no network");
    if (name === "torn") throw new EngineError("no runtime");
    return { draw: async (bytes: Uint8Array) => bytes, release: async () => void events.push(`-${name}`) };
  };
  return { events, load };
}

describe("the networks that are loaded", () => {
  it("are loaded when they are asked for, once", async () => {
    const { events, load } = runtime();
    const sessions = new Sessions(2, load);
    expect(events).toEqual([]);
    const loaded = await sessions.get(network("a"));
    expect(await sessions.get(network("a"))).toBe(loaded);
    expect([sessions.has(network("a")), sessions.has(network("b"))]).toEqual([true, false]);
    expect(events).toEqual(["+a"]);
  });

  it("make room for others, the one that was used longest ago first", async () => {
    const { events, load } = runtime();
    const sessions = new Sessions(2, load);
    for (const name of ["a", "b", "a", "c", "a"]) await sessions.get(network(name));
    expect(events).toEqual(["+a", "+b", "-b", "+c"]);
    expect(sessions.names).toEqual(["c", "a"]);
  });

  it("stay as they are where another cannot be loaded, which is tried anew each time", async () => {
    const { events, load } = runtime();
    const sessions = new Sessions(2, load);
    await sessions.get(network("a"));
    for (let i = 0; i < 2; i++) await expect(sessions.get(network("broken"))).rejects.toThrow("no network");
    await sessions.get(network("a"));
    expect(events).toEqual(["+a", "+broken", "+broken"]);
    expect(sessions.names).toEqual(["a"]);
  });

  it("are no more where the runtime is done for", async () => {
    const { load } = runtime();
    const sessions = new Sessions(2, load);
    await sessions.get(network("a"));
    await expect(sessions.get(network("torn"))).rejects.toThrow("no runtime");
    expect(sessions.isBroken).toBe(true);
    await expect(sessions.get(network("a"))).rejects.toThrow(expect.objectContaining({ status: 500 }));
  });
});
