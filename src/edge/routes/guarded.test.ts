import { expect, it } from "vitest";
import { ask, problemOf } from "../../../tests/support/workerd/ask.ts";

const json = { "Content-Type": "application/json" };

it("a JSON body that never ends is waited for as long as an upload, and is the client's fault", async () => {
  const body = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(new TextEncoder().encode("{")) });
  const env = { UPLOAD_TIMEOUT: "1" };
  const answer = await ask("/v1/stylizations", { method: "POST", headers: json, body, env });
  expect([answer.status, await problemOf(answer)]).toEqual([400, "invalid_request"]);
});

it("and so is one that breaks off", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: (c) => c.error(new Error("the connection is gone")) });
  const answer = await ask("/v1/stylizations", { method: "POST", headers: json, body });
  expect([answer.status, await problemOf(answer)]).toEqual([400, "invalid_request"]);
});
