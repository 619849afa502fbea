import { expect, it } from "vitest";
import { STYLES, servedStyle } from "./style.ts";

it("a style that is not there is answered with those that are", () => {
  const served = servedStyle("manga");
  expect(served).toMatchObject({ ok: false, code: "unknown_style" });
  for (const { id } of STYLES) expect(served).toMatchObject({ detail: expect.stringContaining(id) });
});

it("a style is served in its own version, of which the first digits will do, and in no other", () => {
  for (const style of STYLES) {
    for (const version of [undefined, style.version.slice(0, 8), style.version])
      expect(servedStyle(style.id, version)).toEqual({ ok: true, style });
    expect(servedStyle(style.id, "00000000")).toMatchObject({ ok: false, code: "unknown_version" });
  }
});
