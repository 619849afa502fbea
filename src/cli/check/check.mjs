import { choiceOf } from "../command-line.mjs";
import { Complaint } from "../complaint.mjs";
import { ensurePackages } from "../setup/packages.mjs";
import { seconds } from "../terminal.mjs";
import { fromBothEnds } from "./both-ends.mjs";
import { failure, sum } from "./outcome.mjs";
import { Runner } from "./runner.mjs";
import { STEPS } from "./steps.mjs";

/** @typedef {import("./steps.mjs").Step} Step */
/** @typedef {{ step: Step, outcome: import("./outcome.mjs").Outcome, time: string }} Report */

/**
 * Runs the steps of these names, or all, to the last whatever fails, two at a time: from the first on, which is told as it runs, and beside it from the
 * last back, which is told afterwards. The last lines name what failed, and say how many tests and checks passed and failed.
 *
 * @param {string[]} names
 */
export async function check(names) {
  for (const name of names)
    choiceOf(
      "A step",
      name,
      STEPS.map((step) => step.name),
    );
  const node = await ensurePackages();
  const asked = STEPS.filter((step) => names.length === 0 || names.includes(step.name));
  /** @type {(() => void)[]} */
  const untold = [];
  const reports = await fromBothEnds(
    asked,
    async (step) => {
      announce(step);
      const report = await reported(step, new Runner(node, process.env));
      tell(report);
      return report;
    },
    async (step) => {
      let output = "";
      const print = (/** @type {string} */ text) => {
        output += text;
      };
      const report = await reported(step, new Runner(node, process.env, print));
      untold.unshift(() => {
        announce(step);
        process.stdout.write(output);
        tell(report);
      });
      return report;
    },
  );
  for (const say of untold) say();
  process.stdout.write("\n");
  for (const { step, outcome, time } of reports) {
    process.stdout.write(
      `${outcome.failed.length > 0 ? "FAILED" : "ok"}\t${step.name}\t${counts(outcome)}, ${time}\n`,
    );
  }
  const total = sum(reports.map(({ outcome }) => outcome));
  for (const { name, reason } of total.skipped) process.stdout.write(`skipped\t${name}: ${reason}\n`);
  for (const { name, reason } of total.failed)
    process.stdout.write(`FAILED\t${name}: ${firstLine(reason)}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed.length} failed\n`);
  if (total.failed.length > 0) process.exitCode = 1;
}

/** @param {Step} step */
function announce(step) {
  process.stdout.write(`\n== ${step.title} (npm test ${step.name})\n`);
}

/** @param {Report} report */
function tell({ outcome, time }) {
  process.stdout.write(`== ${counts(outcome)}, ${time}\n`);
}

/**
 * @param {Step} step
 * @param {Runner} runner
 * @returns {Promise<Report>}
 */
async function reported(step, runner) {
  const start = performance.now();
  const outcome = await step.run(runner).catch((error) => {
    if (!(error instanceof Complaint)) throw error;
    runner.print(`${error.message}\n`); // a step whose set-up is not possible here has failed; the others can still run
    return failure(step.name, error.message);
  });
  return { step, outcome, time: seconds(performance.now() - start) };
}

/** @param {string} text */
function firstLine(text) {
  return text.trim().split("\n", 1)[0];
}

/** @param {import("./outcome.mjs").Outcome} outcome */
function counts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`;
}
