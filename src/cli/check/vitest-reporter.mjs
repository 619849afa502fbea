/** @import { Reporter } from "vitest/node" */
import { writeFile } from "node:fs/promises";

/**
 * Writes the outcome of a vitest run as JSON to the file that the environment's OUTCOME_FILE names: unlike vitest's own JSON, with
 * the reason that a skipped test gave.
 *
 * @implements {Reporter}
 */
export default class OutcomeReporter {
  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  async onTestRunEnd(modules, unhandledErrors) {
    /** @type {import("./outcome.mjs").Outcome} */
    const outcome = { passed: 0, failed: [], skipped: [] };
    const fail = (/** @type {string} */ name, /** @type {readonly unknown[]} */ errors) =>
      outcome.failed.push(...errors.map((error) => ({ name, reason: message(error) })));
    fail("outside any test", unhandledErrors);
    for (const module of modules) {
      // A file or group that does not load, or whose hooks throw, has failed without a test to show for it.
      fail(module.relativeModuleId, module.errors());
      for (const suite of module.children.allSuites())
        fail(`${module.relativeModuleId} > ${suite.fullName}`, suite.errors());
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") outcome.passed += 1;
        else if (result.state === "failed")
          fail(`${module.relativeModuleId} > ${test.fullName}`, result.errors.slice(0, 1));
        else outcome.skipped.push({ name: test.fullName, reason: reason(result, test.options.mode) });
      }
    }
    if (process.env.OUTCOME_FILE) await writeFile(process.env.OUTCOME_FILE, JSON.stringify(outcome));
  }
}

/** @param {unknown} error */
function message(error) {
  return String(/** @type {Error} */ (error)?.message ?? error);
}

/**
 * @param {import("vitest/node").TestResult} result
 * @param {string} mode
 */
function reason(result, mode) {
  if (result.state === "skipped" && result.note) return result.note;
  return mode === "run" ? "did not run" : `marked ${mode}`;
}
