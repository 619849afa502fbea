import { expect, it } from "vitest";
import { firstSteps } from "./example.mjs";

const told = {
  styles: [{ id: "engraving" }],
  presets: [{ name: "avatar" }],
  presetsOnly: false,
  signed: false,
  keys: false,
};

it("the first curl line asks for what the service answers", () => {
  const url = "http://127.0.0.1:8787";
  expect(firstSteps(url, told, false)).toContain("/image/style=engraving,format=jpeg/upload:");
  expect(firstSteps(url, { ...told, presetsOnly: true }, false)).toContain("/image/preset=avatar/upload:");
  for (const presetsOnly of [false, true]) {
    const text = firstSteps(url, { ...told, presetsOnly, signed: true }, false);
    expect(text).not.toContain("curl");
    expect(text).toContain("npm run sign");
  }
});

it("where keys are asked for, it says how the first is made, and makes none", () => {
  const keyed = { ...told, keys: true };
  const [without, withSecret] = [false, true].map((has) => firstSteps("http://0.0.0.0:8787", keyed, has));
  expect(without).toContain("ADMIN_SECRET is not set");
  expect(withSecret).toContain(
    'curl -fsS http://0.0.0.0:8787/v1/keys -H "Authorization: Bearer $ADMIN_SECRET"',
  );
});
