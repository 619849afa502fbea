// @ts-check
import { element } from "./element.js";

/** Of the browser's memory for this tab, which ends with it. */
const NAME = "stylegate-key";

const field = element("key", HTMLInputElement);

/** Has the page ask for a key or a token, which is needed here. */
export function askForKey() {
  element("key-step", HTMLElement).hidden = false;
  field.value ||= remembered();
  field.addEventListener("change", () => remember(field.value.trim()));
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
