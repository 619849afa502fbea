// @ts-check
import { element } from "./element.js";
import { explain } from "./explain.js";

const drop = element("drop", HTMLElement);
const progress = element("progress", HTMLElement);
const text = element("progress-text", HTMLElement);
const bar = element("progress-bar", HTMLProgressElement);
const status = element("status", HTMLElement);
const error = element("error", HTMLElement);
const caption = element("caption", HTMLElement);

/**
 * Says that something is going on.
 *
 * @param {string} what
 * @param {number} [share] 0 … 1; without it, nobody knows how long it takes
 */
export function busy(what, share) {
  error.hidden = true;
  // On a phone the buttons are a screen below the picture.
  if (progress.hidden) drop.scrollIntoView({ block: "nearest" });
  progress.hidden = false;
  drop.classList.add("is-busy");
  if (share === undefined) bar.removeAttribute("value");
  else bar.value = share;
  if (text.textContent === what) return;
  text.textContent = what;
  say(what);
}

/** Nothing is going on any more. */
export function idle() {
  progress.hidden = true;
  text.textContent = "";
  drop.classList.remove("is-busy");
}

/**
 * Words for those who listen to the page.
 *
 * @param {string} what
 */
export function say(what) {
  status.textContent = what;
}

/** @param {string} what stands below the picture */
export function describe(what) {
  caption.textContent = what;
}

/** What was wrong is not any more, or is to be seen anew. */
export function forgive() {
  error.hidden = true;
}

/** @param {unknown} reason */
export function complain(reason) {
  const { title, advice, detail } = explain(reason);
  say("");
  error.hidden = false;
  element("error-title", HTMLElement).textContent = title;
  element("error-advice", HTMLElement).textContent = advice;
  element("error-detail", HTMLElement).textContent = detail;
  error.scrollIntoView({ block: "nearest" });
}
