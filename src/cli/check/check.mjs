import { Complaint } from "../complaint.mjs";
import { ensurePackages } from "../setup/packages.mjs";
import { seconds } from "../terminal.mjs";
import { single, sum } from "./outcome.mjs";
import { Runner } from "./runner.mjs";
import { STEPS } from "./steps.mjs";

/**
 * Runs the steps of these names, or all, to the last whatever fails; the last line says how many tests and checks passed and failed.
 *
 * @param {string[]} names
 */
export async function check(names) {
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name));
  if (unknown !== undefined) {
    throw new Complaint(
      `There is no step "${unknown}": the steps are ${STEPS.map(({ name }) => name).join(", ")}.`,
    );
  }
  const runner = new Runner(await ensurePackages(), process.env);
  const reports = [];
  for (const step of STEPS) {
    if (names.length > 0 && !names.includes(step.name)) continue;
    process.stdout.write(`\n== ${step.title} (npm test ${step.name})\n`);
    const start = performance.now();
    const outcome = await step.run(runner).catch(explained);
    const time = seconds(performance.now() - start);
    reports.push({ step, outcome, time });
    process.stdout.write(`== ${counts(outcome)}, ${time}\n`);
  }
  process.stdout.write("\n");
  for (const { step, outcome, time } of reports) {
    process.stdout.write(
      `${outcome.failed > 0 ? "FAILED" : "ok"}\t${step.name}\t${counts(outcome)}, ${time}\n`,
    );
  }
  const total = sum(reports.map(({ outcome }) => outcome));
  for (const { name, reason } of total.skipped) process.stdout.write(`skipped\t${name}: ${reason}\n`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  if (total.failed > 0) process.exitCode = 1;
}

/** A step whose set-up is not possible here has failed; the others can still run. @param {unknown} error */
function explained(error) {
  if (!(error instanceof Complaint)) throw error;
  process.stdout.write(`${error.message}\n`);
  return single(false);
}

/** @param {import("./outcome.mjs").Outcome} outcome */
function counts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`;
}
