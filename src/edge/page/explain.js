// @ts-check
import { ServiceError } from "./service.js";

/**
 * @typedef {object} Explanation
 * @property {string} title what happened
 * @property {string} advice what to do about it
 * @property {string} detail the service's own words
 */

const UPLOAD_INSTEAD = "Save the picture and choose it as a file instead.";
const LATER = "Nothing is wrong with your picture. Try again in a moment.";

/** @type {Record<string, [title: string, advice: string]>} */
const WORDS = {
  offline: ["The service cannot be reached", "Check your connection and try again."],
  no_url: ["That is no image address", "It should look like https://example.com/me.jpg."],
  no_picture: ["That is no picture", "Choose a JPEG, HEIC, PNG, WebP, AVIF or GIF."],
  unreadable_file: ["The file cannot be read", "It may have been moved or deleted. Choose it again."],
  source_not_allowed: ["This server does not take pictures from that address", UPLOAD_INSTEAD],
  source_not_found: ["There is no picture at that address", "Check the address for typing errors."],
  source_unreachable: ["That address does not answer", `Check it for typing errors. ${UPLOAD_INSTEAD}`],
  source_refused: ["That address does not give the picture away", UPLOAD_INSTEAD],
  picture_refused: ["This server does not draw that picture", "Choose another one."],
  moderation_unavailable: ["Nobody can look at the picture now", LATER],
  source_status: ["That address has trouble of its own", `Try again later. ${UPLOAD_INSTEAD}`],
  source_timeout: ["That address takes too long", UPLOAD_INSTEAD],
  source_too_large: ["The picture is too large", "Pictures may have 30 MiB."],
  picture_too_large: ["The picture is too large", "Pictures may have 30 MiB. Choose a smaller one."],
  upload_timeout: ["Sending the picture takes too long", "Choose a smaller one, or try a faster connection."],
  too_many_pixels: [
    "The picture has too many pixels",
    "Reduce it. As a JPEG it may have more than in other formats.",
  ],
  picture_too_small: ["The picture is too small", "Both sides need at least 32 pixels."],
  nobody_found: ["There is nobody in the picture", "Choose another backdrop, or another photo."],
  unsupported_format: ["This kind of file is not supported", "Choose a JPEG, HEIC, PNG, WebP, AVIF or GIF."],
  corrupt_picture: ["The picture is broken", "It may have been cut off. Export it again."],
  no_key: ["This server asks for a key", "Paste yours into the field for it, then try again."],
  unauthorized: [
    "The key is not known here",
    "Paste it again, all of it. It may have expired, or been revoked.",
  ],
  forbidden: ["The key may not do this", "Ask whoever runs this server for one that may."],
  style_not_allowed: ["The key is not for this style", "Choose another style."],
  rate_limited: ["That was a lot for one minute", "Nothing is wrong with your picture. Wait a minute."],
  quota_exceeded: ["The key’s pictures of this month are used up", "Ask whoever runs this server for more."],
  host_not_allowed: [
    "The service is open to its own machine alone",
    "Open the page at http://localhost instead.",
  ],
  signature_required: ["This server draws signed URLs only", "Reload the page, which then says how to sign."],
  presets_only: ["This server draws its presets only", "Reload the page, which then offers them."],
  unknown_preset: ["This server has no such preset any more", "Reload the page, and choose another one."],
  upload_not_found: ["The upload is gone", "Choose the photo again."],
  request_loop: ["That is a drawing of this service", "Give the address of the original photo."],
  inference_unavailable: ["The artist is busy", LATER],
  overloaded: ["The artist has no room left", LATER],
  inference_timeout: ["The artist takes too long", LATER],
};

/**
 * An error in words for the person at the page.
 *
 * @param {unknown} error
 * @returns {Explanation}
 */
export function explain(error) {
  const code = error instanceof ServiceError ? error.code : "internal";
  const detail = error instanceof Error ? error.message : String(error);
  const [title, advice] = WORDS[code] ?? ["That did not work", LATER];
  return { title, advice, detail };
}
