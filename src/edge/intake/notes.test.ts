import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
  jpegWithNotes,
  pngWithNotes,
  SECRET,
  webpWithNotes,
} from "../../../tests/fixtures/pictures/notes.ts";
import { ask, bindings, stored, upload } from "../../../tests/support/workerd/ask.ts";
import { of, post } from "../../../tests/support/workerd/stylizations.ts";

beforeEach(reset);

const HOST = "https://photos.example.com";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

/** Of cameras: Exif, and the words that these photos have in all of their notes. Of ours: none but the mark of how it was made. */
function expectBare(bytes: Uint8Array, name: string) {
  expect(bytes.length, name).toBeGreaterThan(0);
  for (const words of [SECRET.slice(0, 12), "Exif\0\0", "eXIf", "EXIF", "Photoshop", "GPS"])
    expect(text(bytes).includes(words), `${words} in ${name}`).toBe(false);
}

const photos: [string, Uint8Array][] = [
  ["a JPEG", jpegWithNotes(1)],
  ["a PNG", pngWithNotes(1)],
  ["a WebP", webpWithNotes(1)],
];

/** Drawn, shown as it is, laid on another ground, enlarged. */
const WAYS = [
  "",
  ",strength=0",
  ",strength=0.5",
  ",backdrop=blur",
  ",width=600,fit=cover,height=500",
  ",metadata=none",
];
const FORMATS = ["jpeg", "png", "webp", "avif", "json"];

describe("what a photo's file tells is in nothing that is stored or answered:", () => {
  it.each(photos)("%s, uploaded, and at a URL", async (_, photo) => {
    const place = `${HOST}/place/${crypto.randomUUID()}`;
    await (await fetch(place, { method: "PUT", body: photo })).text();
    for (const source of [`upload:${await upload(photo)}`, place])
      for (const way of WAYS)
        for (const format of FORMATS) {
          const answer = await ask(`/image/style=handdrawn,format=${format}${way}/${source}`);
          expect(answer.status, `${way} ${format}`).toBe(200);
          expectBare(answer.bytes, `${way} ${format}`);
        }
    const made = await of(
      await post({ source: place, outputs: [{ style: "toon" }, { style: "toon", strength: 0 }] }),
    );
    expect(made.status).toBe("succeeded");
    for (const key of await stored()) {
      const object = await bindings.PICTURES.get(key);
      const told = JSON.stringify([object?.customMetadata, object?.httpMetadata]);
      expectBare(new TextEncoder().encode(told), key);
      const bytes = (await object?.bytes()) ?? new Uint8Array();
      if (bytes.length > 0) expectBare(bytes, key);
    }
    const kinds = new Set((await stored()).map((key) => key.split("/")[0]));
    expect([...kinds].sort()).toEqual(["masters", "mattes", "outputs", "sources", "uploads", "variants"]);
  });
});
