import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { ask, bindings, inferences, upload } from "../../../tests/support/workerd/ask.ts";
import { sha256 } from "../../contract/encoding.ts";
import { probe } from "../source/probe.ts";

const HOST = "https://photos.example.com";
const ENDPOINT = "https://moderation.example.com/ask";
const env = { MODERATION_URL: ENDPOINT, MODERATION_SECRET: "the-endpoint's" };
const path = (source: string, options = "") => `/image/style=handdrawn,format=png${options}/${source}`;
let seed = 11_000;
let source: string;

beforeEach(async () => {
  await reset();
  source = `${HOST}/png?seed=${seed++}`;
});
afterEach(() => vi.restoreAllMocks());

/** The endpoint, which says the same to all until it is told otherwise; what it was asked. */
function endpoint(verdict: object) {
  const asked: { headers: Headers; form: FormData }[] = [];
  const original = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.url !== ENDPOINT) return original(input, init);
    asked.push({ headers: request.headers, form: await request.formData() });
    return Response.json(verdict);
  });
  return asked;
}

describe("moderation", () => {
  it("is told what is to be drawn, as it would be drawn, and what its source is", async () => {
    const asked = endpoint({ allow: true });
    const id = await upload(readPicture("exif-6.jpg"));
    expect((await ask(path(`upload:${id}`), { env })).status).toBe(200);
    const [{ headers, form } = { headers: new Headers(), form: new FormData() }] = asked;
    expect(headers.get("Authorization")).toBe("Bearer the-endpoint's");
    expect(form.get("kind")).toBe("upload");
    expect(form.get("source")).toBe(`upload:${id}`);
    const stored = await (await bindings.PICTURES.get(`uploads/${id}`))?.bytes();
    expect(form.get("content_hash")).toBe(await sha256(stored ?? new Uint8Array()));
    const picture = form.get("picture");
    if (!(picture instanceof File)) throw new Error("no file");
    const bytes = await picture.bytes();
    expect(probe(bytes)).toMatchObject({ ok: true, format: "jpeg", width: 48, height: 64, orientation: 1 });
    expect(new TextDecoder("latin1").decode(bytes)).not.toContain("Exif");
  });

  it("is asked once about a picture that it allows, whatever is made of it", async () => {
    const asked = endpoint({ allow: true });
    for (const options of ["", ",width=40", ",strength=0.5"]) {
      expect((await ask(path(source, options), { env })).status).toBe(200);
    }
    expect(asked).toHaveLength(1);
  });

  it("refuses before anything is drawn, and for the same content from anywhere", async () => {
    const asked = endpoint({ allow: false, reason: "Not here\r\nSet-Cookie: x" });
    const before = await inferences();
    const id = await upload(new Uint8Array(await (await fetch(source)).arrayBuffer()));
    for (const from of [source, `${source}&again`, `upload:${id}`]) {
      const answer = await ask(path(from, ",onerror=redirect"), { env });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(answer.headers.get("Location")).toBeNull();
      expect(await answer.json()).toMatchObject({
        code: "picture_refused",
        detail: "The operator says: Not here  Set-Cookie: x.",
      });
    }
    expect(asked).toHaveLength(1);
    expect(await inferences()).toBe(before);
  });

  it("may change its mind after an hour, and is asked by an isolate that does not remember only then", async () => {
    const verdict: { allow: boolean } = { allow: false };
    const asked = endpoint(verdict);
    expect((await ask(path(source), { env })).status).toBe(403);
    verdict.allow = true;
    expect((await ask(path(source), { env })).status).toBe(403);
    const then = Date.now() + 3_600_001;
    vi.spyOn(Date, "now").mockReturnValue(then);
    expect((await ask(path(source), { env })).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it("that fails lets pictures through where MODERATION_FAILURE says so, and is asked again about the next", async () => {
    const open = { ...env, MODERATION_FAILURE: "allow" };
    const asked = endpoint({ allow: "who knows" });
    expect((await ask(path(source), { env: open })).status).toBe(200);
    expect((await ask(path(source, ",width=40"), { env: open })).status).toBe(200);
    expect(asked).toHaveLength(1); // what is drawn is drawn
    expect((await ask(path(`${source}0`), { env: open })).status).toBe(200);
    expect(asked).toHaveLength(2);
  });

  it("is not asked where there is none, nor about a picture that the network does not see", async () => {
    const asked = endpoint({ allow: false });
    expect((await ask(path(source))).status).toBe(200);
    expect((await ask(path(source), { env })).status).toBe(200);
    expect(asked).toHaveLength(0);
  });
});
