// @ts-check

/**
 * The options of a picture by their names, in the order in which they are to stand: docs/options.md.
 *
 * @typedef {Record<string, string>} Options
 */

/**
 * The path of a picture; the grammar is in the README.
 *
 * @param {Options} options
 * @param {string} source an absolute URL, or upload:{id}
 */
export function imagePath(options, source) {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${value.replaceAll("#", "%23")}`);
  return `/image/${pairs.join(",")}/${source}`;
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
 * @param {string} [dense] the same picture for screens with two pixels in place of one
 */
export function imageTag(src, width, height, dense) {
  /** @param {string} url */
  const escaped = (url) => url.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  // In a srcset a comma at a URL's end would be taken for a separator.
  const srcset = dense ? ` srcset="${escaped(dense).replace(/,$/, "%2C")} 2x"` : "";
  return `<img src="${escaped(src)}"${srcset} width="${width}" height="${height}" alt="">`;
}
