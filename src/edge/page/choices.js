// @ts-check
import { element } from "./element.js";

/** @typedef {import("./service.js").Style} Style */

/** @type {Style[]} */
let styles = [];

/**
 * Offers the styles, the first one chosen, and the field for a URL where a host is admitted that it could name.
 *
 * @param {import("./service.js").Offer} offer
 */
export function present(offer) {
  styles = offer.styles;
  element("styles", HTMLFieldSetElement).append(...styles.map(choice));
  element("url-form", HTMLFormElement).hidden = offer.sources === "none";
  element("listed-only", HTMLElement).hidden = offer.sources !== "listed";
  element("no-urls", HTMLElement).hidden = offer.sources !== "none";
  showLicence();
}

/** @param {() => void} onChange of the style or of the width */
export function listenForChoices(onChange) {
  for (const fieldset of document.querySelectorAll("fieldset")) {
    fieldset.addEventListener("change", () => {
      showLicence();
      onChange();
    });
  }
}

/** @returns {{ style: Style | undefined, width: string }} */
export function chosen() {
  const id = checked("style");
  return { style: styles.find((style) => style.id === id), width: checked("width") };
}

/** @param {string} name */
function checked(name) {
  return document.querySelector(`input[name=${name}]:checked`)?.getAttribute("value") ?? "";
}

/**
 * @param {Style} style
 * @param {number} index
 */
function choice(style, index) {
  const label = document.createElement("label");
  label.className = "choice";
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "style" });
  radio.setAttribute("value", style.id);
  radio.checked = index === 0;
  const terms = words("span", termsOf(style));
  terms.classList.toggle("limit", !style.commercialUse);
  label.append(radio, words("strong", style.name), words("span", style.description), terms);
  return label;
}

/**
 * What a style's drawings may be used for, in a few words.
 *
 * @param {Style} style
 */
export function termsOf({ commercialUse, licence }) {
  return commercialUse ? licence.name : `Non-commercial use only, ${licence.name}`;
}

/**
 * @param {"strong" | "span"} tag
 * @param {string} text
 */
function words(tag, text) {
  const found = document.createElement(tag);
  if (tag === "span") found.className = "small";
  found.textContent = text;
  return found;
}

function showLicence() {
  const { style } = chosen();
  if (!style) return;
  const link = Object.assign(document.createElement("a"), { href: style.licence.url, rel: "license" });
  link.textContent = style.licence.name;
  const use = style.commercialUse ? "" : " Not for commercial use.";
  element("licence", HTMLElement).replaceChildren(
    `The style “${style.name}” and its drawings: `,
    link,
    `.${use} ${style.attribution}`,
  );
}
