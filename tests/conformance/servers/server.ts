import { Child } from "../../../src/cli/serve/child.mjs";
import { whenReady } from "../../../src/cli/serve/when-ready.mjs";

export type Server = { url: string; stop: () => Promise<void> };

/** Of models/, those that the Worker asks: a network, and what looks for faces and for people. */
export const MODELS = ["ttn_handdrawn_int8", "face_detector", "person_segmenter"];

/** Milliseconds in which each of them is ready many times over. */
const START = 120_000;
const GRACE = 5_000;

/**
 * Starts a program, and waits until it says that it is ready.
 *
 * @throws Complaint with its last words where it does not come so far
 */
export async function started(
  name: string,
  url: string,
  [command = "", ...args]: string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Server> {
  const child = new Child(name, command, args, options);
  const stop = () => child.stop(GRACE);
  try {
    const never = new Promise<string>(() => {});
    await whenReady(`${url}/v2/health/ready`, START, [child], never, new AbortController().signal);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
