// @ts-check
import { listenForDrops, listenForPastes } from "./arrivals.js";
import { chosen, listenForChoices, present } from "./choices.js";
import { show, startComparing } from "./compare.js";
import { element } from "./element.js";
import { imagePath, sourceUrl } from "./image-path.js";
import { askForKey, hasKey, sayOfKey } from "./key.js";
import { offer, offerToKeyAlone, startOffering } from "./result.js";
import { askOffer, checkKey, fetchPicture, ServiceError, upload } from "./service.js";
import { offerSigning, signInstead, writeCommand } from "./signing.js";
import { busy, complain, describe, forgive, idle, say } from "./stage.js";

/**
 * The photo that is drawn: its place in image paths, and, where this browser has the file and can show it, the file.
 *
 * @typedef {object} Photo
 * @property {string} source
 * @property {Blob} [file]
 * @property {string} caption
 */

const MAX_BYTES = 30 * 1024 * 1024;
/** What every browser shows; of others, such as HEIC, the service shows the photo. */
const SHOWN = /^image\/(?:jpeg|png|webp|avif|gif)$/;
const fileInput = element("file", HTMLInputElement);
const urlInput = element("url", HTMLInputElement);

/** What a choice of style or width is about. @type {Photo | undefined} */
let photo;
/** The one whose drawing is on the stage, with its URL beside it. @type {Photo | undefined} */
let drawn;
/** @type {Promise<void> | undefined} */
let listing;
let task = new AbortController();
/** Whether there is nothing to be drawn without a signature, */
let isSigned = false;
/** or without an API key. */
let isKeyed = false;

startComparing();
startOffering();
const arrivals = { onFile: drawFile, onUrl: drawUrl };
listenForDrops(arrivals);
listenForPastes(arrivals);
listenForChoices(() => {
  if (isSigned) return writeCommand();
  const current = photo;
  if (current) run((signal) => draw(current, signal));
});
element("pick", HTMLButtonElement).addEventListener("click", () => fileInput.click());
fileInput.addEventListener("change", () => {
  const [file] = fileInput.files ?? [];
  if (file) drawFile(file);
  fileInput.value = ""; // the same file may be chosen again
});
element("url-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  drawUrl(urlInput.value);
});
element("sample", HTMLButtonElement).addEventListener("click", () => {
  run(async (signal) => {
    const { blob } = await fetchPicture("/sample.jpg", signal);
    await drawUpload(blob, "Astronaut Eileen Collins. Photo: NASA, public domain.", signal);
  });
});
element("cancel", HTMLButtonElement).addEventListener("click", () => {
  task.abort();
  backToDrawn();
  idle();
  say("Cancelled.");
});
offered().catch(complain);

/** Resolves when there are styles to choose from. Where the service did not list them, it is asked again. */
function offered() {
  listing ??= askOffer()
    .then((offer) => {
      present(offer);
      isSigned = offer.signed;
      isKeyed = offer.keys;
      if (isSigned) offerSigning();
      else if (isKeyed) {
        askForKey({ change: forgive, check: tryKey });
        offerToKeyAlone();
      }
    })
    .catch((error) => {
      listing = undefined;
      throw error;
    });
  return listing;
}

/** @param {File} file */
function drawFile(file) {
  if (isSigned) return;
  run(async (signal) => {
    if (file.type !== "" && !file.type.startsWith("image/")) throw new ServiceError("no_picture", file.name);
    if (file.size > MAX_BYTES) throw new ServiceError("picture_too_large", file.name);
    await drawUpload(file, file.name, signal);
  });
}

/** @param {string} text */
function drawUrl(text) {
  if (isSigned) return signInstead(text);
  run(async (signal) => {
    urlInput.value = text.trim();
    const source = sourceUrl(text);
    if (!source) throw new ServiceError("no_url", text);
    photo = { source, caption: new URL(source).hostname };
    await draw(photo, signal);
  });
}

/**
 * @param {Blob} file
 * @param {string} caption
 * @param {AbortSignal} signal
 */
async function drawUpload(file, caption, signal) {
  busy("Uploading…", 0);
  // A file that is gone, or a folder, fails here, where that can be told from a lost connection.
  await file.slice(0, 1).arrayBuffer().catch(refuseFile);
  await offered(); // nothing is sent that cannot be drawn
  requireKey();
  const id = await upload(file, signal, (share) => busy("Uploading…", share));
  photo = { source: `upload:${id}`, caption, ...(SHOWN.test(file.type) ? { file } : {}) };
  await draw(photo, signal);
}

/** Before a photo is drawn with it. */
function tryKey() {
  run(async (signal) => {
    forgive();
    sayOfKey("");
    requireKey();
    await checkKey(signal);
    if (!signal.aborted) sayOfKey("The key is known here.");
  });
}

function requireKey() {
  if (isKeyed && !hasKey()) throw new ServiceError("no_key", "The field for the key is empty.");
}

/** @returns {never} */
function refuseFile() {
  throw new ServiceError("unreadable_file", "The browser could not read it.");
}

/**
 * @param {Photo} photo
 * @param {AbortSignal} signal
 */
async function draw(photo, signal) {
  const { source, file, caption } = photo;
  busy("Drawing…");
  await offered();
  signal.throwIfAborted();
  if (isSigned) throw new ServiceError("signature_required", "Only signed URLs are answered.");
  requireKey();
  const choice = chosen();
  const { style, options, isShaped, isFixed } = choice;
  if (!style) throw new ServiceError("internal", "The service offers no style.");
  const drawing = await fetchPicture(imagePath(options, source), signal);
  // The photo as the drawing is cut and padded; where that may not be asked for, as it is.
  const isKept = file && (!isShaped || isFixed);
  const original = isKept || isFixed ? file : await photoAs({ ...options, strength: "0" }, source, signal);
  const shown = await show(original, drawing.blob, signal);
  drawn = photo;
  offer({ ...drawing, ...shown, source, choice, style });
  describe(caption);
  say(`The drawing is ready.${shown.isAlone ? "" : " The slider compares it with the photo."}`);
}

/**
 * @param {import("./image-path.js").Options} options
 * @param {string} source
 * @param {AbortSignal} signal
 */
async function photoAs(options, source, signal) {
  return (await fetchPicture(imagePath(options, source), signal)).blob;
}

/** A photo that could not be drawn leaves the one before it on the stage: the choices are about that one again. */
function backToDrawn() {
  photo = drawn ?? photo;
}

/**
 * Does one thing at a time: the newest, whose predecessor is abandoned.
 *
 * @param {(signal: AbortSignal) => Promise<void>} work
 */
async function run(work) {
  task.abort();
  task = new AbortController();
  const { signal } = task;
  try {
    await work(signal);
  } catch (error) {
    if (signal.aborted) return;
    backToDrawn();
    complain(error);
  }
  if (!signal.aborted) idle();
}
