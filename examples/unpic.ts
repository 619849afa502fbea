import type { Operations, TransformerFunction } from "unpic";
import { createOperationsHandlers } from "unpic/utils";

/** Any option of docs/options.md may stand beside these. */
export type StylegateOperations = Operations & { [option: string]: string | number | undefined };
export type StylegateOptions = { baseURL?: string };

type Transformer = TransformerFunction<StylegateOperations, StylegateOptions>;

const WIDTHS = [160, 320, 480, 640, 768];

const { operationsGenerator, operationsParser } = createOperationsHandlers<StylegateOperations>({
  defaults: { style: "handdrawn" },
  formatMap: { jpg: "jpeg" },
  kvSeparator: "=",
  paramSeparator: ",",
});

/** The URL of a photo's drawing. */
export const generate: Transformer = (src, operations, { baseURL = "https://img.example.com" } = {}) => {
  const source = new URL(src, baseURL).href;
  return `${baseURL}/image/${operationsGenerator(snap(operations))}/${encodeURIComponent(source)}`;
};

/** What a drawing's URL was made of, or null where it is none. */
export function extract(url: string | URL) {
  const { origin, pathname } = new URL(url, "https://img.example.com");
  const [, options, source] = /^\/image\/([^/]+)\/(https?%3A[^/]+)$/i.exec(pathname) ?? [];
  if (options === undefined || source === undefined) return null;
  return {
    src: decodeURIComponent(source),
    operations: operationsParser(options),
    options: { baseURL: origin },
  };
}

/** The URL of a photo's drawing, or of a drawing with other options. */
export const transform: Transformer = (url, operations, options) => {
  const drawn = extract(url);
  return drawn
    ? generate(drawn.src, { ...drawn.operations, ...operations }, { ...drawn.options, ...options })
    : generate(url, operations, options);
};

/** Few widths: unpic asks for up to 6016 pixels, the service draws WORKING_SIZE. A height asks for these proportions exactly. */
function snap(operations: StylegateOperations): StylegateOperations {
  const { width, height } = operations;
  const asked = Number(width);
  if (!(asked > 0)) return { ...operations };
  const snapped = { ...operations, width: WIDTHS.find((known) => known >= asked) ?? 768 };
  if (height === undefined) return snapped;
  return {
    fit: "cover",
    gravity: "face",
    ...snapped,
    height: Math.round((Number(height) * snapped.width) / asked),
  };
}
