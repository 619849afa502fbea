import { join } from "node:path";
import { ROOT } from "../root.mjs";

const SAMPLE = join(ROOT, "src/edge/page/sample.jpg");

/**
 * One line for any POSIX shell that uploads the sample picture and saves it as a drawing.
 *
 * @param {string} url of the service
 * @param {string} style
 */
export function curlLine(url, style) {
  const upload = `curl -fsS --data-binary ${quoted(`@${SAMPLE}`)} ${quoted(`${url}/v1/uploads`)}`;
  const id = String.raw`${upload} | sed -E 's/.*"id": *"([^"]+)".*/\1/'`;
  return `curl -fsS -o drawing.jpg "${url}/image/style=${style},format=jpeg/upload:$(${id})"`;
}

/** @param {string} text */
function quoted(text) {
  return /^[\w@.:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
