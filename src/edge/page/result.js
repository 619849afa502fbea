// @ts-check
import { termsOf } from "./choices.js";
import { copy } from "./clipboard.js";
import { element } from "./element.js";
import { imageTag } from "./image-path.js";
import { say } from "./stage.js";

const result = element("result", HTMLElement);
const field = element("image-url", HTMLInputElement);
const download = element("download", HTMLAnchorElement);
const open = element("open", HTMLAnchorElement);

let tag = "";

/** What can be done with a finished drawing. */
export function startOffering() {
  offerCopy(element("copy", HTMLButtonElement), () => field.value);
  offerCopy(element("copy-tag", HTMLButtonElement), () => tag);
  field.addEventListener("focus", () => field.select());
}

/**
 * @typedef {object} Drawing
 * @property {string} path its image path
 * @property {Blob} blob
 * @property {string} found hit, master or miss
 * @property {number} width pixels
 * @property {number} height pixels
 * @property {string} url of the blob
 * @property {import("./service.js").Style} style
 * @property {string} wanted the width that was asked for, "" for all there is
 */

/** @type {Record<string, string>} */
const FORMATS = { avif: "AVIF", jpeg: "JPEG", png: "PNG", webp: "WebP" };

/** What `found` says. @type {Record<string, string>} */
const ORIGINS = { hit: "from the cache", master: "from a stored drawing", miss: "just drawn" };

/** @param {Drawing} drawing */
export function offer({ path, blob, found, width, height, url, style, wanted }) {
  const format = blob.type.replace("image/", "");
  field.value = new URL(path, location.href).href;
  tag = imageTag(field.value, width, height);
  open.href = path;
  download.href = url;
  download.download = `${style.id}.${format === "jpeg" ? "jpg" : format}`;
  const kilobytes = Math.max(1, Math.round(blob.size / 1000));
  // Nothing is enlarged, so that two widths may give the same picture.
  const isAll = wanted === "" || width < Number(wanted);
  element("facts", HTMLElement).textContent = [
    `${width} × ${height}${isAll ? " is all there is." : ","}`,
    `${FORMATS[format] ?? format}, ${kilobytes} kB, ${ORIGINS[found] ?? "drawn"}.`,
  ].join(" ");
  const terms = element("terms", HTMLElement);
  terms.textContent = `${termsOf(style)}.`;
  terms.classList.toggle("limit", !style.commercialUse);
  result.hidden = false;
}

/**
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 */
function offerCopy(button, text) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const isCopied = await copy(text());
    if (!isCopied) field.select();
    button.textContent = isCopied ? "Copied" : "Press Ctrl-C";
    say(isCopied ? "Copied." : "Copying is not allowed here. The address is selected.");
    button.addEventListener(
      "blur",
      () => {
        button.textContent = label;
      },
      { once: true },
    );
  });
}
