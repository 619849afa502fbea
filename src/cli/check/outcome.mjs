/**
 * What a runner found. A test that did not run is neither passed nor failed, and says why.
 *
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {{ name: string, reason: string }[]} skipped
 */

/**
 * A check that passes or fails as a whole.
 *
 * @param {boolean} isFine
 * @returns {Outcome}
 */
export function single(isFine) {
  return { passed: isFine ? 1 : 0, failed: isFine ? 0 : 1, skipped: [] };
}

/**
 * @param {Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sum(outcomes) {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.reduce((total, { failed }) => total + failed, 0),
    skipped: outcomes.flatMap(({ skipped }) => skipped),
  };
}

/**
 * A runner that went wrong without a failed test (a file that does not load, a crash, no report) counts as one failure.
 *
 * @param {Outcome | undefined} reported
 * @param {number} code the runner's exit code
 * @returns {Outcome}
 */
export function withExitCode(reported, code) {
  const outcome = reported ?? { passed: 0, failed: 0, skipped: [] };
  const isUnexplained = outcome.failed === 0 && (code !== 0 || reported === undefined);
  return isUnexplained ? { ...outcome, failed: 1 } : outcome;
}
