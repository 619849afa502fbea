// @ts-check
import { chosen } from "./choices.js";
import { element } from "./element.js";
import { imagePath, sourceUrl } from "./image-path.js";
import { offerCopy } from "./result.js";

const address = element("signed-url", HTMLInputElement);
const command = element("sign-command", HTMLTextAreaElement);

/** In place of drawing, where only signed URLs are answered: the command that signs the URL that has been chosen. */
export function offerSigning() {
  element("photo", HTMLElement).hidden = true;
  element("signed", HTMLElement).hidden = false;
  element("sign", HTMLElement).hidden = false;
  // Which URLs are taken is said where the photo's is asked for.
  element("signed", HTMLElement).append(element("listed-only", HTMLElement), element("no-urls", HTMLElement));
  document.body.classList.add("is-signed");
  address.addEventListener("input", writeCommand);
  command.addEventListener("focus", () => command.select());
  offerCopy(element("copy-command", HTMLButtonElement), () => command.value, command);
  writeCommand();
}

export function writeCommand() {
  const source = sourceUrl(address.value);
  address.setAttribute("aria-invalid", String(source === undefined));
  if (source === undefined) return;
  const url = location.origin + imagePath(chosen().options, source);
  command.value = `npm run -s sign -- '${url.replaceAll("'", "%27")}'`;
}

/** @param {string} url that came to the page, dropped or pasted */
export function signInstead(url) {
  address.value = url;
  writeCommand();
}
