import { afterEach, expect, it, vi } from "vitest";
import { ask } from "../../../tests/support/workerd/ask.ts";
import { isCollected } from "../../../tests/support/workerd/garbage.ts";

const { fetch } = globalThis;
const { subtle } = crypto;
const { digest } = subtle;

afterEach(() => {
  vi.restoreAllMocks();
  globalThis.fetch = fetch;
  subtle.digest = digest;
});

const HOST = "https://photos.example.com";
const picture = (seed: number) => `${HOST}/png?seed=${seed}&width=400&height=400`;
const draw = (source: string) => ask(`/image/style=handdrawn/${source}`);

/** A place whose old picture is drawn, may still be shown, and has given way to another. */
async function outdated(): Promise<string> {
  const place = `${HOST}/place/handover`;
  const put = async (seed: number) => {
    const headers = { "X-Headers": JSON.stringify({ "Cache-Control": "max-age=100" }) };
    await fetch(place, { method: "PUT", headers, body: await (await fetch(picture(seed))).arrayBuffer() });
  };
  await put(2);
  await draw(place);
  await put(3);
  const then = Date.now() + 101_000;
  vi.spyOn(Date, "now").mockReturnValue(then);
  return place;
}

it.each([
  ["", async () => picture(1)],
  [" behind an answer", outdated],
])("a source's bytes are gone while the network draws%s", async (_, prepare) => {
  const source = await prepare();
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
  expect((await draw(source)).status).toBe(200);
  expect(areGone).toBe(true);
});
