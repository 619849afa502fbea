import { describe, expect, it } from "vitest";
import { complaintAboutMachine } from "./triton.mjs";

describe("a machine for Triton's wheel", () => {
  it.each([["2.35"], ["2.36"], ["3.0"]])("is Linux on x64 with glibc %s", (libc) => {
    expect(complaintAboutMachine("linux", "x64", libc)).toBeUndefined();
  });

  it.each([
    ["macOS", "darwin", "arm64", undefined, /not for darwin on arm64/],
    ["ARM", "linux", "arm64", "2.36", /not for linux on arm64/],
    ["an old C library", "linux", "x64", "2.31", /glibc 2\.35 or newer, and this is 2\.31/],
    ["Alpine", "linux", "x64", undefined, /this is another C library/],
  ])("is not %s, which is told with what to do", (_, platform, arch, libc, sentence) => {
    const complaint = complaintAboutMachine(platform, arch, libc);
    expect(complaint).toMatch(sentence);
    expect(complaint).toContain("npm run conformance -- URL");
  });
});
