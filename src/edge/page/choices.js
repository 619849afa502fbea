// @ts-check
import { element } from "./element.js";
import { presentPresets, preset } from "./presets.js";

/**
 * @typedef {import("./service.js").Style} Style
 * @typedef {import("./image-path.js").Options} Options
 */

/** @type {Style[]} */
let styles = [];

/**
 * Offers what the service takes, the first style chosen, and the field for a URL where a host is admitted that it could name.
 *
 * @param {import("./service.js").Offer} offer
 */
export function present(offer) {
  styles = offer.styles;
  element("styles", HTMLFieldSetElement).append(...styles.map(choice));
  presentPresets(offer);
  element("url-form", HTMLFormElement).hidden = offer.sources === "none";
  element("listed-only", HTMLElement).hidden = offer.sources !== "listed";
  element("no-urls", HTMLElement).hidden = offer.sources !== "none";
  adapt();
}

/** @param {() => void} onChange of whatever makes another picture */
export function listenForChoices(onChange) {
  for (const fieldset of document.querySelectorAll("fieldset")) {
    fieldset.addEventListener("change", () => {
      adapt();
      onChange();
    });
  }
}

/**
 * @typedef {object} Choice
 * @property {Style | undefined} style
 * @property {Options} options
 * @property {boolean} isShaped whether the picture may have another shape than the photo
 * @property {boolean} isFixed whether nothing may be added to the options
 */

/** @returns {Choice} */
export function chosen() {
  const named = preset();
  const style = styles.find(({ id }) => id === (named?.style ?? checked("style")));
  if (named) {
    const options = { preset: named.name, ...(named.style ? {} : { style: style?.id ?? "" }) };
    return { style, options, isShaped: true, isFixed: named.isFixed };
  }
  const width = checked("width");
  const options = {
    style: style?.id ?? "",
    ...(width ? { width } : {}),
    ...shape(width),
    ...backdrop(),
    ...(checked("format") === "auto" ? {} : { format: checked("format") }),
  };
  return { style, options, isShaped: "fit" in options, isFixed: false };
}

/**
 * @param {string} width which a square has on all sides
 * @returns {Options}
 */
function shape(width) {
  switch (checked("shape")) {
    case "crop":
      return { height: width, fit: "cover", gravity: checked("gravity") };
    case "pad":
      return { height: width, fit: "pad", background: element("background", HTMLInputElement).value };
    default:
      return {};
  }
}

/** @returns {Options} */
function backdrop() {
  const behind = checked("backdrop");
  if (behind === "stylize") return {};
  return { backdrop: behind === "colour" ? element("backdrop", HTMLInputElement).value : behind };
}

/** What a choice means for the others. */
function adapt() {
  const named = preset();
  element("styles", HTMLElement).hidden = named?.style !== undefined;
  element("widths", HTMLElement).hidden = named !== undefined;
  element("more", HTMLElement).hidden = named !== undefined;
  const to = checked("shape");
  element("gravities", HTMLElement).hidden = to !== "crop";
  element("grounds", HTMLElement).hidden = to !== "pad";
  element("backdrops", HTMLElement).hidden = checked("backdrop") !== "colour";
  // A square needs a size, which "full" is not.
  const full = radio("width", "");
  full.disabled = to !== "whole";
  if (full.disabled && full.checked) radio("width", "640").checked = true;
  showLicence();
}

/**
 * @param {string} name
 * @param {string} value
 */
function radio(name, value) {
  const found = document.querySelector(`input[name=${name}][value="${value}"]`);
  if (found instanceof HTMLInputElement) return found;
  throw new Error(`index.html has no ${name} "${value}"`);
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
  const terms = words("span", "");
  showTerms(terms, style);
  label.append(radio, words("strong", style.name), words("span", style.description), terms);
  return label;
}

/**
 * What a style's drawings may be used for, in a few words.
 *
 * @param {HTMLElement} place
 * @param {Style} style
 */
export function showTerms(place, { commercialUse, licence }) {
  const name = document.createElement("span");
  name.className = "unbroken";
  name.textContent = licence.name;
  place.replaceChildren(commercialUse ? "" : "Non-commercial use only, ", name);
  place.classList.toggle("limit", !commercialUse);
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
  link.className = "unbroken";
  link.textContent = style.licence.name;
  const use = style.commercialUse ? "" : " Not for commercial use.";
  element("licence", HTMLElement).replaceChildren(
    `The style “${style.name}” and its drawings: `,
    link,
    `.${use} ${style.attribution}`,
  );
}
