import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { readPicture } from "../../../tests/fixtures/pictures/files.ts";
import { type Asked, ask, problemOf, stored } from "../../../tests/support/workerd/ask.ts";
import { ProblemError } from "../../contract/problem.ts";
import { MAX_HELD_BYTES, PhotoMemory, photoMemory } from "./photo-memory.ts";

beforeEach(reset);

const MIB = 1024 * 1024;
const PHOTO = readPicture("large.jpg");

describe("the bytes of photos that are held at once", () => {
  it("have a bound, and are given back when the work is done, or has failed", async () => {
    const memory = new PhotoMemory(10);
    const { promise: held, resolve: done } = Promise.withResolvers<void>();
    const first = memory.hold(async (take) => {
      take(4);
      take(4);
      await held;
    });
    const second = memory.hold(async (take) => {
      take(2);
      take(1);
    });
    await expect(second).rejects.toMatchObject({ code: "overloaded", retryAfter: 5 });
    expect(() => memory.require(3)).toThrow(ProblemError);
    memory.require(2); // the second one's are free again
    done();
    await first;
    memory.require(10);
  });

  it("are not counted for ever where some arrive after the work has failed", async () => {
    const memory = new PhotoMemory(10);
    let late = (_: number) => {};
    await memory
      .hold(async (take) => {
        late = take;
        throw new Error("it took too long");
      })
      .catch(() => {});
    expect(() => late(5)).toThrow();
    memory.require(10);
  });
});

describe("a photo for which there is no memory is refused, with a time to come again, and nothing of it is stored:", () => {
  const unknownLength = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(PHOTO);
        controller.close();
      },
    });
  const form = `--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${"a".repeat(PHOTO.length)}`;

  it.each<[string, string, Asked]>([
    ["bytes that are announced", "/v1/uploads", { headers: { "Content-Length": `${PHOTO.length}` } }],
    ["bytes that are not", "/v1/uploads", { body: unknownLength() }],
    ["one behind a URL", "/v1/uploads", { headers: { "Content-Type": "application/json" } }],
    ["a form", "/v1/stylizations", { headers: { "Content-Type": "multipart/form-data; boundary=x" } }],
  ])("%s", async (what, path, asked) => {
    const json = JSON.stringify({ source: "https://photos.example.com/png" });
    const texts = { "one behind a URL": json, "a form": form } as Record<string, string>;
    const text = texts[what];
    const body = asked.body ?? (text === undefined ? PHOTO : new TextEncoder().encode(text));
    await photoMemory.hold(async (take) => {
      take(MAX_HELD_BYTES - 10);
      const answer = await ask(path, { method: "POST", ...asked, body });
      expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "5"]);
      expect(await problemOf(answer)).toBe("overloaded");
    });
    expect(await stored()).toEqual([]);
    expect((await ask("/v1/uploads", { method: "POST", body: PHOTO })).status).toBe(201); // and all is given back
    photoMemory.require(MAX_HELD_BYTES);
  });

  it("one that is there, but cannot be cut down beside the others", async () => {
    await photoMemory.hold(async (take) => {
      take(MAX_HELD_BYTES - PHOTO.length - 10);
      const answer = await ask("/v1/uploads", { method: "POST", body: PHOTO });
      expect(await problemOf(answer)).toBe("overloaded");
    });
    expect(await stored()).toEqual([]);
  });

  it("parts that are whole: they stay, and become an upload once there is room", async () => {
    const tus = { "Tus-Resumable": "1.0.0" };
    const headers = { ...tus, "Upload-Length": `${PHOTO.length}` };
    const path =
      (await ask("/v1/uploads/resumable", { method: "POST", headers })).headers.get("Location") ?? "";
    const part = { ...tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" };
    await photoMemory.hold(async (take) => {
      take(MAX_HELD_BYTES - 10);
      const answer = await ask(path, { method: "PATCH", headers: part, body: PHOTO });
      expect(await problemOf(answer)).toBe("overloaded");
    });
    const answer = await ask(path, { method: "HEAD", headers: tus });
    expect(answer.headers.get("Upload-Offset")).toBe(`${PHOTO.length}`);
    expect(await stored("uploads/")).toHaveLength(1);
  });

  it("whoever announces much and sends nothing takes nothing", async () => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const silent = () =>
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          await over;
          controller.close();
        },
      });
    const headers = { "Content-Length": `${29 * MIB}` };
    const all = [1, 2, 3, 4].map(() => ask("/v1/uploads", { method: "POST", headers, body: silent() }));
    expect((await ask("/v1/uploads", { method: "POST", body: PHOTO })).status).toBe(201);
    photoMemory.require(MAX_HELD_BYTES);
    end();
    await Promise.allSettled(all);
  });
});
