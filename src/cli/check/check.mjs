import { Complaint } from "../complaint.mjs";
import { ensurePackages } from "../setup/packages.mjs";
import { seconds } from "../terminal.mjs";
import { single, sum } from "./outcome.mjs";
import { Runner } from "./runner.mjs";
import { STEPS } from "./steps.mjs";

/**
 * Runs the steps of these names, or all, to the last whatever fails, and one that takes long beside the others; the last line says how
 * many tests and checks passed and failed.
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
  const node = await ensurePackages();
  const asked = STEPS.filter((step) => names.length === 0 || names.includes(step.name));
  const runner = new Runner(node, process.env);
  const beside = asked.length > 1 ? asked.filter(({ isBeside }) => isBeside) : [];
  const started = new Map(beside.map((step) => [step, begun(step, node)]));
  const reports = [];
  for (const step of asked) {
    process.stdout.write(`\n== ${step.title} (npm test ${step.name})\n`);
    const report = await (started.get(step) ?? reported(step, runner));
    process.stdout.write(`${report.output}== ${counts(report.outcome)}, ${report.time}\n`);
    reports.push(report);
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

/**
 * A step whose output comes with its report, so that it does not stand among that of others.
 *
 * @param {import("./steps.mjs").Step} step
 * @param {string} node
 */
async function begun(step, node) {
  let output = "";
  const quiet = new Runner(node, process.env, (text) => {
    output += text;
  });
  return { ...(await reported(step, quiet)), output };
}

/**
 * @param {import("./steps.mjs").Step} step
 * @param {Runner} runner
 */
async function reported(step, runner) {
  const start = performance.now();
  const outcome = await step.run(runner).catch(explained);
  return { step, outcome, time: seconds(performance.now() - start), output: "" };
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
