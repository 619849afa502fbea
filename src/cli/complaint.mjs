/** Something that the person at the terminal can set right: its message is one sentence, shown without a stack. */
export class Complaint extends Error {
  /** @override */
  name = "Complaint";
}

/**
 * Runs a command's main function; a complaint ends the process with its sentence and code 1.
 *
 * @param {() => Promise<void>} main
 */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
