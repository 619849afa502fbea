import { afterEach, expect, it } from "vitest";
import { ask } from "../../../tests/support/workerd/ask.ts";
import { isCollected } from "../../../tests/support/workerd/garbage.ts";

const { fetch } = globalThis;
const { subtle } = crypto;
const { digest } = subtle;

afterEach(() => {
  globalThis.fetch = fetch;
  subtle.digest = digest;
});

it("a source's bytes are gone while the network draws", async () => {
  let bytes: WeakRef<object> | undefined;
  let areGone: boolean | undefined;
  // By hand, since a spy would hold what it was called with.
  subtle.digest = (algorithm, data) => {
    const isPicture = ArrayBuffer.isView(data) && data.byteLength > 100_000; // names are hashed too
    if (isPicture) bytes = new WeakRef(data.buffer);
    return digest.call(subtle, algorithm, data);
  };
  globalThis.fetch = async (input, init) => {
    if (bytes && String(input).endsWith("/infer")) areGone = await isCollected(bytes);
    return fetch(input, init);
  };
  const source = "https://photos.example.com/png?seed=1&width=400&height=400";
  expect((await ask(`/image/style=handdrawn/${source}`)).status).toBe(200);
  expect(areGone).toBe(true);
});
