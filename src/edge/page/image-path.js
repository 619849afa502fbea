// @ts-check

/**
 * @typedef {object} Options
 * @property {string} style
 * @property {string} width pixels, or "" for the picture's own
 * @property {number} [strength]
 */

/**
 * The path of a picture; the grammar is in the README.
 *
 * @param {Options} options
 * @param {string} source an absolute URL, or upload:{id}
 */
export function imagePath({ style, width, strength }, source) {
  const options = [`style=${style}`];
  if (width !== "") options.push(`width=${width}`);
  if (strength !== undefined) options.push(`strength=${strength}`);
  return `/image/${options.join(",")}/${source}`;
}

/** A host that is typed without a scheme must look like one: `hello` is a word. */
const HOST = /^(?:[^/?#@:]+\.[^/?#@:]|localhost\b|\[)/i;

/**
 * What a person typed as the source of an image path, or undefined where that is no http(s) URL. A missing scheme is added
 * (`localhost:9000` has none: a port follows), and a fragment dropped, since no server is sent one.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
export function sourceUrl(text) {
  const trimmed = text.trim();
  const hasScheme = /^[a-z][a-z\d+.-]*:(?!\d)/i.test(trimmed);
  if (!hasScheme && !HOST.test(trimmed)) return undefined;
  const url = URL.parse(hasScheme ? trimmed : `https://${trimmed}`);
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname) return undefined;
  url.hash = "";
  return url.href;
}

/**
 * @param {string} src
 * @param {number} width
 * @param {number} height
 */
export function imageTag(src, width, height) {
  const escaped = src.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<img src="${escaped}" width="${width}" height="${height}" alt="">`;
}
