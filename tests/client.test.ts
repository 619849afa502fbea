import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStylegate, dataOf, type Stylegate, type StylizationEvent } from "../src/client/index.ts";
import { ADMIN_SECRET } from "./support/admin-secret.ts";
import { startPainted } from "./support/painted.ts";
import { png } from "./support/png.ts";
import type { Workers } from "./support/workers.ts";

// The client as apps use it, against the Worker as it is deployed: its jobs, its queue, its keys.

const PHOTO = new Uint8Array(png({ width: 320, height: 240 }));

let workers: Workers;
let operator: Stylegate;
/** A back end's, with a key of its own. */
let backend: Stylegate;
/** An app's, with tokens that the back end mints. */
let app: Stylegate;
let minted = 0;

beforeAll(async () => {
  workers = await startPainted({ AUTH: "keys" });
  operator = createStylegate({ baseUrl: workers.url, key: ADMIN_SECRET });
  const body = { name: "back end", scopes: ["transform", "upload"] as ("transform" | "upload")[] };
  const { key } = dataOf(await operator.POST("/v1/keys", { body }));
  backend = createStylegate({ baseUrl: workers.url, key });
  app = createStylegate({
    baseUrl: workers.url,
    token: async () => {
      minted++;
      return dataOf(await backend.POST("/v1/tokens", { body: { user: "u_1" } })).token;
    },
  });
});

afterAll(() => workers?.stop());

describe("an app", () => {
  it("has a photo drawn in several styles and sizes, and gets the pictures", async () => {
    const uploaded = await app.upload(PHOTO);
    expect(uploaded).toMatchObject({ width: 320, height: 240, format: "png", user: "u_1" });
    const { id, status, outputs } = await app.stylize({
      source: `upload:${uploaded.id}`,
      outputs: [{ style: "toon" }, { style: "engraving", format: "webp", width: 100 }],
    });
    expect({ status, sizes: outputs.map(({ width, contentType }) => [width, contentType]) }).toEqual({
      status: "succeeded",
      sizes: [
        [320, "image/jpeg"],
        [100, "image/webp"],
      ],
    });
    for (const output of outputs) {
      const picture = await app.picture(output);
      expect(picture.headers.get("Content-Type")).toBe(output.contentType);
      expect((await picture.arrayBuffer()).byteLength).toBe(output.bytes);
    }
    expect(dataOf(await app.GET("/v1/stylizations/{id}", { params: { path: { id } } })).status).toBe(
      "succeeded",
    );
    expect(minted).toBe(1);
  });

  it("follows a stylization from its beginning to its end", async () => {
    const { id: upload } = await app.upload(new Blob([PHOTO]));
    const { id } = await app.begin({ source: `upload:${upload}`, outputs: [{ style: "toon", width: 64 }] });
    const events: StylizationEvent[] = [];
    for await (const event of app.follow(id)) events.push(event);
    expect(events[0]?.type).toBe("status");
    expect(events.at(-1)).toMatchObject({ type: "status", stylization: { id, status: "succeeded" } });
    // Once it has ended, too.
    expect(await app.wait(id)).toMatchObject({ id, status: "succeeded" });
  });

  it("sends a stream, whose digest it knows", async () => {
    const { sha256 } = await app.upload(PHOTO);
    const again = await app.upload(new Blob([PHOTO]).stream(), {
      digest: `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    });
    expect(again.sha256).toBe(sha256);
    const wrong = app.upload(PHOTO, { digest: `sha-256=:${Buffer.alloc(32).toString("base64")}:` });
    await expect(wrong).rejects.toMatchObject({ code: "digest_mismatch", status: 422 });
  });

  it("does the same once, however often it asks", async () => {
    const { id: upload } = await app.upload(PHOTO);
    const request = { source: `upload:${upload}`, outputs: [{ style: "toon" }] };
    const options = { idempotencyKey: "order-77" };
    const made = await Promise.all(Array.from({ length: 5 }, () => app.stylize(request, options)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const other = app.stylize({ ...request, outputs: [{ style: "3d" }] }, options);
    await expect(other).rejects.toMatchObject({ code: "idempotency_mismatch" });
  });

  it("learns what is wrong, part by part", async () => {
    const made = app.begin({
      source: "upload:9fGk2mVx4Qb7TzLr0WcYhA",
      outputs: [{ style: "toon", width: 0 }],
    });
    await expect(made).rejects.toMatchObject({
      code: "invalid_request",
      errors: [{ pointer: "/outputs/0/width" }],
    });
  });
});

describe("a back end", () => {
  it("sees what its users' pictures were counted as", async () => {
    const usage = dataOf(await backend.GET("/v1/usage"));
    expect(usage.pictures).toBeGreaterThanOrEqual(4);
    expect(usage.uploads).toBeGreaterThanOrEqual(5);
  });

  it("erases a user, of whom nothing is left", async () => {
    const path = { user: "u_1" };
    const held = dataOf(await backend.GET("/v1/users/{user}", { params: { path } }));
    expect(held.uploads.length).toBeGreaterThan(0);
    const erased = dataOf(await backend.DELETE("/v1/users/{user}", { params: { path } }));
    expect(erased.uploads).toBe(held.uploads.length);
    const left = dataOf(await backend.GET("/v1/users/{user}", { params: { path } }));
    expect(left).toMatchObject({ uploads: [], stylizations: [] });
  });
});
