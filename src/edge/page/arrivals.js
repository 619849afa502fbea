// @ts-check

/**
 * The ways in which a photo comes to the page.
 *
 * @typedef {object} Arrivals
 * @property {(file: File) => void} onFile
 * @property {(text: string) => void} onUrl
 */

/**
 * Dropped anywhere on the page: a file, or a picture dragged from another page, which brings its address.
 *
 * @param {Arrivals} arrivals
 */
export function listenForDrops({ onFile, onUrl }) {
  let depth = 0;
  /** @param {number} change */
  const hover = (change) => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("is-dragging", depth > 0);
  };
  document.addEventListener("dragenter", (event) => {
    event.preventDefault();
    hover(1);
  });
  document.addEventListener("dragleave", () => hover(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    hover(-depth);
    const file = event.dataTransfer?.files[0];
    const address = event.dataTransfer?.getData("text/uri-list").split("\n")[0];
    if (file) onFile(file);
    else if (address) onUrl(address);
  });
}

/**
 * Pasted anywhere but into a field that text belongs in.
 *
 * @param {Arrivals} arrivals
 */
export function listenForPastes({ onFile, onUrl }) {
  document.addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    const isField = event.target instanceof HTMLInputElement && /^(?:url|text)$/.test(event.target.type);
    if (file) {
      event.preventDefault();
      onFile(file);
    } else if (!isField && /^https?:\/\/\S+$/i.test(text)) {
      event.preventDefault();
      onUrl(text);
    }
  });
}
