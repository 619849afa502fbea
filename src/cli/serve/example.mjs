import { join } from "node:path";
import { ROOT } from "../root.mjs";

const SAMPLE = join(ROOT, "src/edge/page/sample.jpg");

/**
 * What somebody can try first at a service: one line for any POSIX shell that uploads the sample picture and saves it as a drawing, or
 * where URLs must be signed, how that is done.
 *
 * @param {string} url of the service
 * @param {{ styles: { id: string }[], presets: { name: string }[], presetsOnly: boolean, signed: boolean }} told by GET /v1/styles
 */
export function firstSteps(url, { styles, presets, presetsOnly, signed }) {
  if (signed) return "Image URLs must be signed: npm run sign does it, docs/signing.md says how.";
  // The operator's own words are not to be replaced by an option beside them.
  const options = presetsOnly ? `preset=${presets[0]?.name}` : `style=${styles[0]?.id},format=jpeg`;
  return `Make a drawing of the sample picture:\n\n  ${curlLine(url, options)}`;
}

/**
 * @param {string} url of the service
 * @param {string} options
 */
function curlLine(url, options) {
  const upload = `curl -fsS --data-binary ${quoted(`@${SAMPLE}`)} ${quoted(`${url}/v1/uploads`)}`;
  const id = String.raw`${upload} | sed -E 's/.*"id": *"([^"]+)".*/\1/'`;
  return `curl -fsS -o drawing.jpg "${url}/image/${options}/upload:$(${id})"`;
}

/** @param {string} text */
function quoted(text) {
  return /^[\w@.:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
