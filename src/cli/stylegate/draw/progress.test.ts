import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { clock, Progress } from "./progress.ts";

function terminal(isTTY: boolean, columns = 60) {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY, columns });
  let now = 0;
  const progress = new Progress(stream as unknown as NodeJS.WriteStream, 4, () => now);
  return {
    progress,
    pass: (milliseconds: number) => (now += milliseconds),
    written: () => stream.read() as string,
  };
}

const drawn = (photo: string) => ({ kind: "drawn" as const, photo, files: ["out.webp"], milliseconds: 812 });

describe("on a terminal", () => {
  it("a bar says how far it is, how long it will take, and what failed", () => {
    const { progress, pass, written } = terminal(true);
    progress.tell({ kind: "skipped", photo: "a.jpg" });
    expect(written()).toBe("\r\x1b[K█████░░░░░░░░░░░░░░░ 1/4  a.jpg");
    pass(10_000);
    progress.tell(drawn("b.jpg"));
    expect(written()).toBe("\r\x1b[K██████████░░░░░░░░░░ 2/4  0:20 left  b.jpg");
    pass(20_000);
    progress.tell({ kind: "failed", photo: "c.jpg", reason: "no" });
    expect(written()).toBe("\r\x1b[K███████████████░░░░░ 3/4  0:15 left  1 failed  c.jpg");
  });

  it("it stays in its line", () => {
    const { progress, written } = terminal(true, 40);
    progress.tell(drawn("a-photo-with-a-name-that-is-too-long.jpg"));
    expect(written()).toHaveLength("\r\x1b[K".length + 39);
  });
});

it("elsewhere each photo has a line, but for those that were there", () => {
  const { progress, written } = terminal(false);
  progress.tell({ kind: "skipped", photo: "a.jpg" });
  progress.tell(drawn("b.jpg"));
  progress.tell({ kind: "failed", photo: "c.jpg", reason: "It is none. (unsupported_format)" });
  expect(written()).toBe("2/4 b.jpg → out.webp (0.8 s)\n3/4 c.jpg: It is none. (unsupported_format)\n");
});

it.each([
  [400, "0:00"],
  [59_600, "1:00"],
  [754_000, "12:34"],
  [11_105_000, "3:05:05"],
])("%i ms are %s", (milliseconds, text) => expect(clock(milliseconds)).toBe(text));
