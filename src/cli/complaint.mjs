import { wrapped } from "./terminal.mjs";

/** The exit code of a command line that makes no sense. */
export const MISUSED = 2;

/** As a shell tells of a program that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** Something that the person at the terminal can set right: its message is one sentence, shown without a stack. */
export class Complaint extends Error {
  /** @override */
  name = "Complaint";

  /**
   * @param {string} sentence
   * @param {number} [code] that the process ends with
   */
  constructor(sentence, code = 1) {
    super(sentence);
    this.code = code;
  }
}

/**
 * Runs a command's main function; a complaint ends the process with its sentence and its code.
 *
 * @param {() => Promise<void>} main
 */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    process.stderr.write(wrapped(`\n${error.message}\n`, process.stderr));
    process.exitCode = error.code;
  }
}
