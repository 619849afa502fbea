/** A fixture's bytes (vitest.config.ts). */
declare module "*?bytes" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** A fixture as a data: URL (Vite's own). */
declare module "*?inline" {
  const url: string;
  export default url;
}

/** A text file's content (Vite's own). */
declare module "*?raw" {
  const text: string;
  export default text;
}
