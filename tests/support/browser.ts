/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

/** Chromium goes nowhere by itself, and runs where nobody has a screen or a sandbox to give. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export type Browser = {
  /** A window of its own, with its own storage, that may use the clipboard. */
  open: (options?: Options) => Promise<BrowserContext>;
  close: () => Promise<void>;
};

export type Options = {
  viewport?: { width: number; height: number };
  hasTouch?: boolean;
  isMobile?: boolean;
  deviceScaleFactor?: number;
  colorScheme?: "light" | "dark";
};

/** The Chrome or Chromium that `npm test` found. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH;
  if (!executablePath)
    throw new Error("CHROME_PATH is not set: run `npm test -- node`, which finds Chromium.");
  const folder = await mkdtemp(join(tmpdir(), "stylegate-chromium-"));
  const browser = await chromium.launch({ executablePath, args: QUIET, downloadsPath: folder });
  return {
    open: (options = {}) =>
      browser.newContext({ ...options, permissions: ["clipboard-read", "clipboard-write"] }),
    close: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
