import { expect, it } from "vitest";
import { noSuchStyle, STYLES } from "./style.ts";

it("a style that is not there is answered with those that are", () => {
  for (const { id } of STYLES) expect(noSuchStyle("manga")).toContain(id);
});
