// @ts-check
import { element } from "./element.js";

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {string} options what it stands for
 * @property {string | undefined} style where that is one of them
 * @property {boolean} isFixed whether the service takes nothing beside it
 */

/** @type {Preset[]} */
let presets = [];
const input = element("preset", HTMLSelectElement);

/** @param {import("./service.js").Offer} offer */
export function presentPresets({ presets: offered, presetsOnly }) {
  presets = offered
    .map(({ name, options }) => ({ name, options, style: styleOf(options), isFixed: presetsOnly }))
    .filter(({ style }) => style !== undefined || !presetsOnly); // which nobody could complete
  if (!presetsOnly) input.append(new Option("None: choose below", ""));
  input.append(...presets.map(({ name }) => new Option(name)));
  element("presets", HTMLElement).hidden = presets.length === 0;
  input.addEventListener("change", tell);
  tell();
}

/** @returns {Preset | undefined} the one that is chosen */
export function preset() {
  return presets.find(({ name }) => name === input.value);
}

function tell() {
  const options = preset()?.options ?? "";
  element("preset-options", HTMLElement).textContent = options.replaceAll(",", ", ");
}

/** @param {string} options */
function styleOf(options) {
  return /(?:^|,)style=([^,]+)/.exec(options)?.[1];
}
