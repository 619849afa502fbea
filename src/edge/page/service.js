// @ts-check
import { authorization } from "./key.js";

/**
 * @typedef {object} Style one of `GET /v1/styles`
 * @property {string} id
 * @property {string} name
 * @property {string} description
 * @property {{ name: string, url: string }} licence
 * @property {boolean} commercialUse
 * @property {string} attribution
 */

/**
 * @typedef {object} Offer what the service does
 * @property {Style[]} styles
 * @property {"none" | "listed" | "any"} sources hosts that it takes pictures from by URL
 * @property {{ name: string, options: string }[]} presets
 * @property {boolean} presetsOnly whether it takes no other options
 * @property {boolean} signed whether it answers signed URLs alone
 * @property {boolean} keys whether it asks for a key
 */

/** Why the service did not do what it was asked: a problem of docs/errors.md, or `offline` where no answer came. */
export class ServiceError extends Error {
  /**
   * @param {string} code
   * @param {string} detail
   */
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

/**
 * Asked anew with every page: whoever has just set ALLOWED_SOURCES looks whether it worked.
 *
 * @returns {Promise<Offer>}
 */
export async function askOffer() {
  const answer = await get("/v1/styles", { cache: "no-cache" });
  return answer.json();
}

/**
 * @param {Blob} picture
 * @param {AbortSignal} signal
 * @param {(share: number) => void} onProgress 0 … 1; fetch() does not tell how much has been sent, hence the XMLHttpRequest
 * @returns {Promise<string>} the upload's id
 */
export function upload(picture, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/uploads");
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText).id);
      else reject(problem(request.status, request.responseText));
    };
    request.onerror = () => reject(offline());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    if (signal.aborted) return reject(signal.reason);
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.send(picture);
  });
}

/**
 * Whether the service knows the key. A token may not ask for the usage: but who is told so is known.
 *
 * @param {AbortSignal} signal
 * @throws {ServiceError} where it does not
 */
export async function checkKey(signal) {
  try {
    await get("/v1/usage", { signal, headers: authorization() });
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === "forbidden")) throw error;
  }
}

/** As browsers ask for an `<img>`: what is shown here, and its format and size, are what a page that embeds it gets. */
const IMAGES = "image/avif,image/webp,*/*;q=0.8";

/**
 * @typedef {object} Picture
 * @property {Blob} blob
 * @property {string} found where the service had it: hit, master or miss
 */

/**
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<Picture>}
 */
export async function fetchPicture(path, signal) {
  const answer = await get(path, { signal, headers: { Accept: IMAGES, ...authorization() } });
  const [, found = ""] = /cache;desc=(\w+)/.exec(answer.headers.get("Server-Timing") ?? "") ?? [];
  try {
    return { blob: await answer.blob(), found };
  } catch (error) {
    throw signal.aborted ? error : offline();
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function get(path, options) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    throw options.signal?.aborted ? error : offline();
  }
  if (answer.ok) return answer;
  throw problem(answer.status, await answer.text());
}

const offline = () => new ServiceError("offline", "No answer came.");

/**
 * @param {number} status
 * @param {string} body
 */
function problem(status, body) {
  try {
    const { code, detail } = JSON.parse(body);
    return new ServiceError(String(code), String(detail));
  } catch {
    return new ServiceError("internal", `The answer was ${status}.`);
  }
}
