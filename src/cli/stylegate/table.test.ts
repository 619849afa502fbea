import { expect, it } from "vitest";
import { facts, table } from "./table.ts";

it("has columns as wide as they must be", () => {
  expect(
    table(
      ["ID", "NAME"],
      [
        ["key_1", "iOS app"],
        ["key_22", ""],
      ],
    ),
  ).toBe("ID      NAME\nkey_1   iOS app\nkey_22\n");
});

it("shortens the widest where the terminal is narrow", () => {
  const rows = [["key_1", "a name that goes on and on", "admin"]];
  const lines = table(["ID", "NAME", "SCOPES"], rows, 30).split("\n");
  expect(lines[1]).toBe("key_1  a name that go…  admin");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(30);
});

it("tells what is known, and no more", () => {
  expect(facts({ id: "1", user: undefined, created: "2026" })).toBe("id       1\ncreated  2026\n");
});
