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

/** A runtime that notes when it starts, what it loads and releases, and cannot load what is called `broken`. */
function noting() {
  const events: string[] = [];
  const load = (file: ArrayBuffer) => {
    const name = new TextDecoder().decode(file);
    events.push(`+${name}`);
    if (name === "broken") throw new Error("no network");
    return { draw: (bytes: Uint8Array) => bytes, release: () => void events.push(`-${name}`) };
  };
  const start = async () => void events.push("start");
  return { events, runtime: { start, load, bytes: 64 } };
}

describe("the networks that are loaded", () => {
  it("are loaded when they are asked for, once", async () => {
    const { events, runtime } = noting();
    const sessions = new Sessions(2, runtime);
    expect(events).toEqual([]);
    const loaded = await sessions.get(network("a"));
    expect(await sessions.get(network("a"))).toBe(loaded);
    expect([sessions.has(network("a")), sessions.has(network("b"))]).toEqual([true, false]);
    expect(events).toEqual(["start", "+a"]);
  });

  it("make room for others, the one that was used longest ago first", async () => {
    const { events, runtime } = noting();
    const sessions = new Sessions(2, runtime);
    for (const name of ["a", "b", "a", "c", "a"]) await sessions.get(network(name));
    expect(events).toEqual(["start", "+a", "+b", "-b", "+c"]);
    expect(sessions.names).toEqual(["c", "a"]);
  });

  it("stay as they are where another cannot be loaded, which is tried anew each time", async () => {
    const { events, runtime } = noting();
    const sessions = new Sessions(2, runtime);
    await sessions.get(network("a"));
    for (let i = 0; i < 2; i++) await expect(sessions.get(network("broken"))).rejects.toThrow("no network");
    await sessions.get(network("a"));
    expect(events).toEqual(["start", "+a", "+broken", "+broken"]);
    expect(sessions.names).toEqual(["a"]);
  });

  it("are loaded anew once the runtime is started anew, of which nothing is asked before", async () => {
    const { events, runtime } = noting();
    const sessions = new Sessions(2, runtime);
    await sessions.get(network("a"));
    sessions.restart();
    expect([sessions.names, sessions.bytes, sessions.restarts]).toEqual([[], 64, 1]); // its memory is still there
    await sessions.get(network("a"));
    expect(events).toEqual(["start", "+a", "start", "+a"]);
  });

  it("are forgotten where another one started the runtime anew that they had been loaded into", async () => {
    const { events, runtime } = noting();
    const starts: (() => void)[] = [];
    const start = () => new Promise<void>((resolve) => starts.push(resolve)).then(runtime.start);
    const sessions = new Sessions(2, { ...runtime, start });
    const [dead, next] = [sessions.get(network("a")), sessions.get(network("b"))];
    for (const [i, each] of [dead, next].entries()) {
      starts[i]?.();
      await each;
    }
    expect(events).toEqual(["start", "+a", "start", "+b"]);
    expect(sessions.names).toEqual(["b"]);
  });
});
