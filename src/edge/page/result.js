// @ts-check
import { showTerms } from "./choices.js";
import { copy } from "./clipboard.js";
import { element } from "./element.js";
import { imagePath, imageTag } from "./image-path.js";
import { say } from "./stage.js";

const result = element("result", HTMLElement);
const field = element("image-url", HTMLInputElement);
const download = element("download", HTMLAnchorElement);
const open = element("open", HTMLAnchorElement);
const known = element("known", HTMLAnchorElement);

let tag = "";
let isKeyed = false;

/** What can be done with a finished drawing. */
export function startOffering() {
  offerCopy(element("copy", HTMLButtonElement), () => field.value, field);
  offerCopy(element("copy-tag", HTMLButtonElement), () => tag, field);
  field.addEventListener("focus", () => field.select());
}

/** Where a URL is answered to a key alone: what a browser would ask for without one is not offered. */
export function offerToKeyAlone() {
  isKeyed = true;
  open.hidden = true;
  element("copy-tag", HTMLElement).hidden = true;
  element("keyed", HTMLElement).hidden = false;
}

/**
 * @typedef {object} Drawing
 * @property {string} source its photo's place in image paths
 * @property {import("./choices.js").Choice} choice
 * @property {Blob} blob
 * @property {string} found hit, master or miss
 * @property {number} width pixels
 * @property {number} height pixels
 * @property {string} url of the blob
 * @property {import("./service.js").Style} style
 */

/** @type {Record<string, string>} */
const FORMATS = { avif: "AVIF", jpeg: "JPEG", png: "PNG", webp: "WebP" };

/** What `found` says. @type {Record<string, string>} */
const ORIGINS = { hit: "from the cache", master: "from a stored drawing", miss: "just drawn" };

/** @param {Drawing} drawing */
export function offer({ source, choice, blob, found, width, height, url, style }) {
  const format = blob.type.replace("image/", "");
  const { options, isFixed } = choice;
  /** @param {import("./image-path.js").Options} added */
  const urlWith = (added) => new URL(imagePath({ ...options, ...added }, source), location.href).href;
  // Nothing is enlarged, so that two widths may give the same picture.
  const isAll = !("preset" in options) && (options.width === undefined || width < Number(options.width));
  field.value = urlWith({});
  tag = imageTag(field.value, width, height, options.width && !isAll ? urlWith({ dpr: "2" }) : undefined);
  open.href = field.value;
  known.href = urlWith({ format: "json" });
  known.hidden = isFixed || isKeyed;
  download.href = url;
  download.download = `${style.id}.${format === "jpeg" ? "jpg" : format}`;
  const kilobytes = Math.max(1, Math.round(blob.size / 1000));
  element("facts", HTMLElement).textContent = [
    `${width} × ${height}${isAll ? " is all there is." : ","}`,
    `${FORMATS[format] ?? format}, ${kilobytes} kB, ${ORIGINS[found] ?? "drawn"}.`,
  ].join(" ");
  showTerms(element("terms", HTMLElement), style);
  result.hidden = false;
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 * @param {HTMLInputElement | HTMLTextAreaElement} field where it can be selected
 */
export function offerCopy(button, text, field) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const isCopied = await copy(text());
    // What stands beside it must not move, least of all under a pointer whose pressing gives the label back.
    button.style.minWidth = `${button.getBoundingClientRect().width}px`;
    if (!isCopied) field.select();
    button.textContent = isCopied ? "Copied" : "Press Ctrl-C";
    say(isCopied ? "Copied." : "Copying is not allowed here. The text is selected.");
    button.addEventListener(
      "blur",
      () => {
        button.textContent = label;
      },
      { once: true },
    );
  });
}
