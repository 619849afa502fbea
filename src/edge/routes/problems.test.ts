import { afterEach, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, upload } from "../../../tests/support/workerd/ask.ts";
import { away } from "../../../tests/support/workerd/away.ts";
import { sign, signedText } from "../../contract/signature.ts";
import type { Bindings } from "../bindings.ts";

afterEach(() => vi.restoreAllMocks());

const KEY = { id: "a", bytes: new Uint8Array(32) };
const HOST = "photos.example.com";
const SECRET = "X-Amz-Signature=0123";

/** What the log is told of a signed request for this source, and what it must not be told. */
async function logged(source: string, env: Partial<Bindings> = {}) {
  const lines: string[] = [];
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
  }
  const options = "style=handdrawn,width=64,kid=a";
  const sig = await sign(signedText(options, decodeURIComponent(source)), KEY);
  const answer = await ask(`/image/${options},sig=${sig}/${source}`, {
    env: { ...env, SIGNING_KEYS: `a:${"A".repeat(43)}`, SOURCE_BUCKETS: "photos=PHOTOS" },
  });
  expect(answer.status).toBeGreaterThanOrEqual(500);
  const text = lines.join("\n");
  expect(text).not.toContain(sig);
  const problem = lines.find((line) => line.includes('"event":"problem"')) ?? "{}";
  return { text, problem: JSON.parse(problem) };
}

it.each([
  ["as it is", (url: string) => url],
  ["encoded", encodeURIComponent],
])(
  "the log of a server's failure names the host of a URL that was written %s, and no more of it",
  async (_, write) => {
    const { text, problem } = await logged(write(`https://${HOST}/status/500?${SECRET}`));
    expect(text).not.toContain("0123");
    expect(problem).toMatchObject({
      code: "source_status",
      route: "/image/*",
      options: "style=handdrawn,width=64,kid=a",
      source: { kind: "url", host: HOST },
    });
  },
);

it("that of an unreachable bucket names the bucket, not the key", async () => {
  const { text, problem } = await logged("r2:photos/private/letter.png", {
    PHOTOS: away,
  } as Partial<Bindings>);
  expect(text).not.toContain("letter");
  expect(problem).toMatchObject({ code: "source_unreachable", source: { kind: "r2", bucket: "photos" } });
});

it("that of a storage that is away does not tell which upload was asked for", async () => {
  const id = await upload(readPicture("rgb.png"));
  const { text, problem } = await logged(`upload:${id}`, { PICTURES: away });
  expect(text).not.toContain(id);
  expect(text).toContain("uploads/…");
  expect(problem).toMatchObject({ code: "storage_unavailable", source: { kind: "upload" } });
});
