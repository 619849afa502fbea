import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformBaseImageProps, transformBaseSourceProps } from "@unpic/core/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import imageLoader from "../examples/next/image-loader.ts";
import nextConfig from "../examples/next/next.config.ts";
import { extract, generate, type StylegateOptions, transform } from "../examples/unpic.ts";
import { parseSource } from "../src/contract/source.ts";
import { parseTransform, type Transform } from "../src/contract/transform.ts";

// What docs/integrations.md offers to be copied, held to what the service reads. The HTML is tested in tests/negotiation.test.ts.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SERVICE = "https://img.example.com";
const PHOTO = "https://example.com/fotos/Zo%C3%AB 1.jpg?v=1&size=l";

/** What the service understands by a URL, which it must. */
function read(url: string): { host: string; transform: Transform; source: string } {
  const { origin, pathname, search } = new URL(url);
  const [, options = "", source = ""] = /^\/image\/([^/]+)\/(.+)$/.exec(pathname + search) ?? [];
  const parsed = parseTransform(options);
  const located = parseSource(source);
  if (!parsed.ok) throw new Error(parsed.detail);
  if (!located.ok) throw new Error(located.detail);
  if (located.source.kind !== "url") throw new Error(`${url} has no URL of a photo`);
  return { host: origin, transform: parsed.transform, source: located.source.url.href };
}

/** The URLs of a srcset with the widths beside them. */
const candidates = (srcset = "") =>
  srcset.split(/,\s+/).map((entry) => {
    const [url = "", width = ""] = entry.trim().split(" ");
    return { url, width: Number.parseInt(width, 10) };
  });

it.each([
  "next/next.config.ts",
  "next/image-loader.ts",
  "unpic.ts",
  "img.html",
  "picture.html",
  "signed-img.ts",
])("docs/integrations.md shows examples/%s as it is", async (name) => {
  const [page, example] = await Promise.all(
    ["docs/integrations.md", `examples/${name}`].map((path) => readFile(join(ROOT, path), "utf8")),
  );
  expect(page).toContain(`\`\`\`${extname(name).slice(1)}\n${example}\`\`\`\n`);
});

describe("examples/next", () => {
  // https://nextjs.org/docs/app/api-reference/components/image#loader: src as it stands in <Image>, the width that next/image has chosen,
  // of deviceSizes and imageSizes, and the quality where <Image> has one; a URL comes back.
  const { deviceSizes, imageSizes } = nextConfig.images;

  it("is asked only for widths that it does not change", () => {
    for (const width of [...deviceSizes, ...imageSizes]) {
      const { host, transform, source } = read(imageLoader({ src: PHOTO, width }));
      expect(host).toBe(SERVICE);
      expect(transform).toMatchObject({ style: "handdrawn", width, quality: 85, format: "auto" });
      expect(source).toBe(new URL(PHOTO).href);
    }
  });

  it("gives what next/image asks for by default a width that the service takes", () => {
    const byDefault = [32, 48, 64, 96, 128, 256, 384, 640, 750, 828, 1080, 1200, 1920, 2048, 3840];
    const widths = byDefault.map((width) => read(imageLoader({ src: PHOTO, width })).transform.width ?? 0);
    for (const [index, width] of widths.entries()) {
      expect(width).toBeGreaterThanOrEqual(Math.min(byDefault[index] ?? 0, 768));
    }
    expect(new Set(widths).size).toBeLessThanOrEqual(5);
  });

  it("passes the quality on", () => {
    expect(read(imageLoader({ src: PHOTO, width: 320, quality: 60 })).transform.quality).toBe(60);
    expect(read(imageLoader({ src: PHOTO, width: 320, quality: undefined })).transform.quality).toBe(85);
  });

  it.each([
    ["/me.jpg", "https://www.example.com/me.jpg"],
    ["/_next/static/media/me.1a2b.jpg", "https://www.example.com/_next/static/media/me.1a2b.jpg"],
    ["//example.com/me.jpg", "https://example.com/me.jpg"],
  ])("has %s fetched from the app itself, or where it is", (src, source) => {
    expect(read(imageLoader({ src, width: 320 })).source).toBe(source);
  });
});

describe("examples/unpic.ts", () => {
  const OPTIONS: StylegateOptions = { baseURL: "https://drawings.example.net" };

  it("makes URLs that the service reads", () => {
    const { host, transform, source } = read(
      generate(PHOTO, { width: 320, height: "240", format: "jpg", quality: 60 }, OPTIONS),
    );
    expect(host).toBe(OPTIONS.baseURL);
    expect(source).toBe(new URL(PHOTO).href);
    expect(transform).toMatchObject({ width: 320, height: 240, format: "jpeg", quality: 60, fit: "cover" });
    expect(read(generate("/me.jpg", {}, OPTIONS)).source).toBe("https://drawings.example.net/me.jpg");
    expect(read(generate(PHOTO, {})).transform).toMatchObject({ width: undefined, style: "handdrawn" });
    const background = { fit: "pad", background: "#ffe4c4", width: 320, height: 320 };
    expect(read(generate(PHOTO, background)).transform.background).toEqual([255, 228, 196, 255]);
  });

  it("takes them apart again", () => {
    const url = generate(PHOTO, { width: 320, height: 240, strength: "0.5" }, OPTIONS);
    expect(extract(url)).toEqual({
      src: new URL(PHOTO).href,
      operations: {
        style: "handdrawn",
        fit: "cover",
        gravity: "face",
        width: 320,
        height: 240,
        strength: "0.5",
      },
      options: OPTIONS,
    });
    expect(extract(PHOTO)).toBeNull();
    expect(extract("https://example.com/image/large/me.jpg")).toBeNull();
  });

  it("draws a photo once, whatever is asked of its drawing", () => {
    const url = transform(transform(PHOTO, { width: 320, format: "avif" }, OPTIONS), { width: 640 });
    expect(read(url)).toMatchObject({
      host: OPTIONS.baseURL,
      source: new URL(PHOTO).href,
      transform: { width: 640, format: "avif" },
    });
  });

  it("asks for nothing that the service refuses, in the proportions of the asked", () => {
    const side = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(side, fc.double({ min: 0.5, max: 2, noNaN: true }), (width, ratio) => {
        const height = Math.max(1, Math.round(width * ratio));
        const { transform } = read(generate(PHOTO, { width, height }));
        const [drawnWidth = 0, drawnHeight = 0] = [transform.width, transform.height];
        expect(Math.abs(drawnHeight - (drawnWidth * height) / width)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it("serves unpic's components: every candidate of their srcset is answered", () => {
    const image = {
      src: PHOTO,
      width: 480,
      height: 640,
      alt: "Zoë",
      transformer: transform,
      options: OPTIONS,
    };
    for (const layout of ["constrained", "fixed", "fullWidth"] as const) {
      const props =
        layout === "fullWidth" ? { ...image, layout, width: undefined as never } : { ...image, layout };
      const { src, srcset } = transformBaseImageProps(props as typeof image);
      for (const { url } of candidates(String(srcset))) expect(read(url).source).toBe(new URL(PHOTO).href);
      expect(read(String(src)).host).toBe(OPTIONS.baseURL);
    }
    const { srcset, type } = transformBaseSourceProps({
      ...image,
      type: "image/avif",
      breakpoints: [320, 640],
    });
    expect(type).toBe("image/avif");
    expect(candidates(String(srcset)).map(({ url, width }) => [read(url).transform, width])).toEqual([
      [expect.objectContaining({ width: 320, height: 427, format: "avif" }), 320],
      [expect.objectContaining({ width: 640, height: 853, format: "avif" }), 640],
    ]);
  });
});
