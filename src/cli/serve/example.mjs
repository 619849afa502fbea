import { join } from "node:path";
import { ROOT } from "../root.mjs";

const SAMPLE = join(ROOT, "src/edge/page/sample.jpg");

/**
 * What somebody can try first at a service: one line for any POSIX shell that uploads the sample picture and saves it as a drawing, or
 * where URLs must be signed, how that is done.
 *
 * @param {string} url of the service
 * @param {{ styles: { id: string }[], presets: { name: string }[], presetsOnly: boolean, signed: boolean, keys: boolean }} told by GET /v1/styles
 * @param {boolean} canMakeKeys whether there is an ADMIN_SECRET to make them with
 */
export function firstSteps(url, { styles, presets, presetsOnly, signed, keys }, canMakeKeys) {
  if (keys) return canMakeKeys ? firstKey(url) : FIRST_SECRET;
  if (signed) return "Image URLs must be signed: npm run sign does it, docs/signing.md says how.";
  // The operator's own words are not to be replaced by an option beside them.
  const options = presetsOnly ? `preset=${presets[0]?.name}` : `style=${styles[0]?.id},format=jpeg`;
  return `Make a drawing of the sample picture:\n\n  ${curlLine(url, options)}`;
}

const FIRST_SECRET = `Requests need a key, and nobody can make one: ADMIN_SECRET is not set. Stop this, and start it with one that you keep:

  export ADMIN_SECRET="$(openssl rand -hex 32)"
  npm start`;

/** @param {string} url of the service */
function firstKey(url) {
  const asked = '{"name":"first","scopes":["transform","upload"]}';
  const send = `curl -fsS ${quoted(`${url}/v1/keys`)} -H "Authorization: Bearer $ADMIN_SECRET"`;
  return `Requests need a key. Make the first with ADMIN_SECRET; docs/keys.md says more:\n\n  ${send} --json '${asked}'`;
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
