import { describe, expect, it } from "vitest";
import { sizeText } from "../text.ts";
import type { Entry } from "./entry.ts";
import { pageOf } from "./page.ts";
import { timeText } from "./text.ts";

const size = { width: 300, height: 200 };
const shown = { ...size, url: "data:image/webp;base64,AAAA", bytes: 3 };
const face = {
  x: 10,
  y: 20,
  width: 40,
  height: 50,
  score: 0.9,
  landmarks: [[20, 30]] as [number, number][],
  drawn: "head" as const,
};

const drawn: Entry = {
  name: "a.jpg",
  bytes: 1234,
  photo: shown,
  outcome: {
    kind: "drawn",
    drawing: shown,
    original: { width: 3000, height: 2000 },
    drawn: { width: 768, height: 512 },
    faces: [face],
    steps: [
      { step: "decode", milliseconds: 50 },
      { step: "infer", milliseconds: 150 },
    ],
    took: 230,
    calls: [
      ["ttn_toon_int8", 2],
      ["face_detector", 1],
    ],
  },
};

const broken: Entry = {
  name: `<b onclick="x">`,
  bytes: 0,
  photo: undefined,
  outcome: {
    kind: "problem",
    code: "corrupt_picture",
    title: "The picture is broken",
    detail: "It is <empty>.",
  },
};

const page = (entries: Entry[]) => pageOf(entries, { folder: "/photos", style: "toon" });

describe("the page", () => {
  it("lays the faces over photo and drawing, in the drawing's pixels", async () => {
    const html = await page([drawn]);
    expect(html.match(/<svg viewBox="0 0 768 512"/g)).toHaveLength(2);
    expect(html.match(/<rect class="head" x="10" y="20" width="40" height="50"\/>/g)).toHaveLength(2);
    expect(html.match(/<circle class="landmark" cx="20" cy="30"/g)).toHaveLength(2);
  });

  it("tells steps, inferences and sizes", async () => {
    const html = await page([drawn]);
    expect(html).toContain('<i class="infer" style="width:75.00%"');
    expect(html).toContain("3 inferences: ttn_toon_int8 2, face_detector 1");
    expect(html).toContain("photo 3000 × 2000, 1 kB");
    expect(html).toContain("drawn at 768 × 512");
  });

  it("tells a problem's code and sentence, and makes nothing of what names and sentences look like", async () => {
    const html = await page([broken]);
    expect(html).toContain("<code>corrupt_picture</code>");
    expect(html).toContain("It is &#60;empty&#62;.");
    expect(html).not.toContain("<b onclick");
  });

  it("asks for nothing from elsewhere, and tells its own size", async () => {
    const html = await page([drawn, broken]);
    expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(html).not.toContain("@import");
    expect(html).toContain(`<dt>this file</dt><dd>${sizeText(html.length)}</dd>`);
  });
});

it.each([
  [999, "999 B"],
  [1000, "1 kB"],
  [999_499, "999 kB"],
  [1_000_000, "1.0 MB"],
  [48_200_000, "48 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

it.each([
  [7.4, "7\u00a0ms"],
  [420, "0.4\u00a0s"],
  [12_345, "12\u00a0s"],
])("%d milliseconds are %s", (milliseconds, text) => {
  expect(timeText(milliseconds)).toBe(text);
});
