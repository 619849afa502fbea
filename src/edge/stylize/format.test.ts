import { expect, it } from "vitest";
import { negotiate } from "./format.ts";
import { mediaType } from "./variant.ts";

const CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
const SAFARI_13 = "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5";
const roomy = () => true;

it.each([
  [CHROME, false, "webp"],
  [CHROME, true, "webp"],
  [SAFARI_13, false, "png"],
  ["*/*", false, "jpeg"],
  ["*/*", true, "png"],
  ["image/*", false, "jpeg"],
  [null, false, "jpeg"],
  ["", false, "jpeg"],
  ["image/avif", false, "avif"],
  ["image/avif,*/*;q=0.8", false, "avif"],
  ["image/avif,image/webp;q=0.9", false, "avif"],
  ["image/avif;q=0.5,image/webp", false, "webp"],
  ["image/webp;q=0,*/*", false, "jpeg"],
  ["image/webp;q=0.1,image/jpeg", false, "jpeg"],
  ["IMAGE/WEBP ; Q=0.8", false, "webp"],
  ["image/jpeg", true, "jpeg"],
  ["image/jpg", false, "jpeg"],
  ["image/jpeg;q=0,image/*", false, "png"],
  ["image/png,image/jpeg", true, "png"],
  ["image/png,image/jpeg", false, "jpeg"],
  ["text/html", false, "jpeg"],
  ["image/webp;q=high,image/png", false, "png"],
  [";;,,q=", true, "png"],
] as const)("auto for %s, alpha %s, is %s", (accept, hasAlpha, format) => {
  expect(negotiate("auto", accept, hasAlpha, roomy)).toBe(format);
});

it.each([
  ["image/avif,image/webp;q=0.9,*/*;q=0.8", false, ["avif"], "webp"],
  ["image/avif,*/*;q=0.8", false, ["avif"], "jpeg"],
  ["image/avif", false, ["avif"], "jpeg"],
  [CHROME, true, ["avif", "webp"], "png"],
  ["image/webp,image/jpeg;q=0.9", true, ["avif", "webp"], "jpeg"],
] as const)("auto for %s, alpha %s, without room in %j, is %s", (accept, hasAlpha, full, format) => {
  expect(negotiate("auto", accept, hasAlpha, (candidate) => !full.some((name) => name === candidate))).toBe(
    format,
  );
});

it("does what the URL says, whatever the client accepts", () => {
  expect(negotiate("avif", "image/jpeg", true, roomy)).toBe("avif");
});

it.each([
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["avif", "image/avif"],
  ["png", "image/png"],
  ["json", "application/json"],
] as const)("%s has the media type %s", (format, expected) => {
  expect(mediaType(format)).toBe(expected);
});

it.each([
  ["image/png", "png"],
  ["image/webp", "webp"],
  ["image/avif,*/*", "jpeg"], // has room
  ["image/gif", "jpeg"],
])(
  "auto for %s, without room in what is named, is %s where fewer pixels are an answer too",
  (accept, format) => {
    expect(negotiate("auto", accept, false, (candidate) => candidate === "jpeg", true)).toBe(format);
  },
);
