import { describe, expect, it } from "vitest";
import { LOCAL, type Principal } from "../access/principal.ts";
import { fingerprintOf, jobIdOf } from "./id.ts";

const of = (owner: string, user?: string): Principal => ({ ...LOCAL, owner, user });

describe("a stylization's id", () => {
  it("is the same for the same name by the same caller, and never for another's", async () => {
    const id = await jobIdOf(of("key_a"), "order-77");
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(await jobIdOf(of("key_a"), "order-77")).toBe(id);
    const others = await Promise.all([
      jobIdOf(of("key_b"), "order-77"),
      jobIdOf(of("key_a"), "order-78"),
      jobIdOf(of("key_a", "u1"), "order-77"),
      jobIdOf(of("key_a", "u2"), "order-77"),
      jobIdOf(of('key_a","u1'), "order-77"),
    ]);
    expect(new Set([id, ...others]).size).toBe(6);
  });

  it("is a new one each time without a name", async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => jobIdOf(LOCAL, undefined)));
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });
});

describe("a request's fingerprint", () => {
  it("does not depend on the order of members, but on that of outputs, and on every value", async () => {
    const one = await fingerprintOf({ source: "a", outputs: [{ style: "toon", width: 1 }, { style: "3d" }] });
    expect(
      await fingerprintOf({ outputs: [{ width: 1, style: "toon" }, { style: "3d" }], source: "a" }),
    ).toBe(one);
    for (const other of [
      { source: "a", outputs: [{ style: "3d" }, { style: "toon", width: 1 }] },
      { source: "a", outputs: [{ style: "toon", width: 2 }, { style: "3d" }] },
      { source: "b", outputs: [{ style: "toon", width: 1 }, { style: "3d" }] },
      { source: "a", outputs: [{ style: "toon", width: "1" }, { style: "3d" }] },
    ])
      expect(await fingerprintOf(other)).not.toBe(one);
  });
});
