import { expect, it } from "vitest";
import { ask } from "../../../tests/support/workerd/ask.ts";

const PATH = "/openapi.json";

it("is answered whole, and once more only where it is another one", async () => {
  const answer = await ask(PATH);
  expect(answer.headers.get("Content-Type")).toBe("application/json");
  expect(answer.headers.get("Cache-Control")).toBe("public, max-age=300");
  expect(await answer.json()).toMatchObject({ openapi: "3.1.0", info: { title: "stylegate" } });
  const etag = answer.headers.get("ETag") ?? "";
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
  const again = await ask(PATH, { headers: { "If-None-Match": `"other", W/${etag}` } });
  expect(again.status).toBe(304);
  expect(again.headers.get("ETag")).toBe(etag);
  expect(await again.text()).toBe("");
});
