/** @typedef {{ name: string, reason: string }} Told a test or check, and why it failed or did not run */

/**
 * What a runner found. A test that did not run is neither passed nor failed.
 *
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {Told[]} failed
 * @property {Told[]} skipped
 */

/**
 * A check that passed as a whole.
 *
 * @type {Readonly<Outcome>}
 */
export const PASSED = { passed: 1, failed: [], skipped: [] };

/**
 * A check that failed as a whole.
 *
 * @param {string} name
 * @param {string} reason
 * @returns {Outcome}
 */
export function failure(name, reason) {
  return { passed: 0, failed: [{ name, reason }], skipped: [] };
}

/**
 * @param {Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sum(outcomes) {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.flatMap(({ failed }) => failed),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
}

/**
 * A runner that went wrong without a failed test (a file that does not load, a crash, no report) counts as one failure.
 *
 * @param {string} name the runner's
 * @param {Outcome | undefined} reported
 * @param {number} code the runner's exit code
 * @returns {Outcome}
 */
export function withExitCode(name, reported, code) {
  if (reported === undefined) return failure(name, `wrote no report, and exited with ${code}`);
  if (reported.failed.length > 0 || code === 0) return reported;
  return sum([reported, failure(name, `exited with ${code}, though no test failed`)]);
}
