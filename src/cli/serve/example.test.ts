import { expect, it } from "vitest";
import { firstSteps } from "./example.mjs";

const told = {
  styles: [{ id: "engraving" }],
  presets: [{ name: "avatar" }],
  presetsOnly: false,
  signed: false,
};

it("the first curl line asks for what the service answers", () => {
  const url = "http://127.0.0.1:8787";
  expect(firstSteps(url, told)).toContain("/image/style=engraving,format=jpeg/upload:");
  expect(firstSteps(url, { ...told, presetsOnly: true })).toContain("/image/preset=avatar/upload:");
  for (const presetsOnly of [false, true]) {
    const text = firstSteps(url, { ...told, presetsOnly, signed: true });
    expect(text).not.toContain("curl");
    expect(text).toContain("npm run sign");
  }
});
