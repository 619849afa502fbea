// @ts-check
import { element } from "./element.js";

/** Of the browser's memory for this tab, which ends with it. */
const NAME = "stylegate-key";

const field = element("key", HTMLInputElement);

/**
 * Has the page ask for a key or a token, which is needed here.
 *
 * @param {object} on
 * @param {() => void} on.change what was said of the one before is of no use any more
 * @param {() => void} on.check it is to be seen whether the service knows it
 */
export function askForKey({ change, check }) {
  element("key-step", HTMLElement).hidden = false;
  field.value ||= remembered();
  field.addEventListener("input", () => {
    field.removeAttribute("aria-invalid");
    sayOfKey("");
    change();
  });
  field.addEventListener("change", () => remember(field.value.trim()));
  element("key-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    remember(field.value.trim());
    check();
  });
}

/** @param {string} what */
export function sayOfKey(what) {
  element("key-said", HTMLElement).textContent = what;
}

/** Without a key nothing would come of asking: says where it goes. @returns whether there is one */
export function hasKey() {
  const isThere = field.value.trim() !== "";
  field.setAttribute("aria-invalid", String(!isThere));
  if (!isThere) field.focus();
  return isThere;
}

/** What a request for the service says about who asks. @returns {Record<string, string>} */
export function authorization() {
  const key = field.value.trim();
  return key === "" ? {} : { Authorization: `Bearer ${key}` };
}

/** A browser that keeps nothing of a page throws where it is asked to. */
function remembered() {
  try {
    return sessionStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} key */
function remember(key) {
  try {
    if (key === "") sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, key);
  } catch {
    // Then it is to be pasted again after a reload.
  }
}
