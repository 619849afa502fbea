import { parseArgs } from "node:util";
import { Complaint, MISUSED, run } from "./complaint.mjs";

/** @typedef {NonNullable<import("node:util").ParseArgsConfig["options"]>} Options */

/**
 * How a command is written. `takes`: how many arguments that are no options there are, none without it.
 *
 * @template {Options} O
 * @typedef {{ usage: string, options?: O, takes?: [least: number, most: number] }} Spelling
 */

/**
 * @template {Options} O
 * @typedef {ReturnType<typeof parseArgs<{ args: string[], options: O & { help: { type: "boolean" } }, allowPositionals: true }>>} Given
 */

/**
 * Reads a command line; `--help` and `-h` go with every one, and are for the caller to heed.
 *
 * @template {Options} [O={}]
 * @param {readonly string[]} args
 * @param {Spelling<O> & { unknown?: (flag: string, names: readonly string[]) => string }} spelling `unknown` says what to do about an option that there is not
 * @returns {Given<O>}
 * @throws Complaint that says in one line what is wrong, and what is right
 */
export function readCommandLine(args, { usage, options, takes: [least, most] = [0, 0], unknown = listed }) {
  /** @type {Options} */
  const known = { ...options, help: { type: "boolean", short: "h" } };
  // Not strictly, since what Node itself says of a mistake is about programming; and "--seconds -5" is a wrong number, not an option.
  const config = { args: [...args], options: known, strict: false, allowPositionals: true };
  const { values, positionals, tokens } = parseArgs({ ...config, tokens: true });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { rawName, value, inlineValue } = token;
    const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
    if (!option) throw misused(unknown(rawName, Object.keys(known)));
    if (option.type === "string" && (value === undefined || (!inlineValue && value.startsWith("--"))))
      throw misused(`${rawName} takes a value.`);
    if (option.type === "boolean" && value !== undefined) throw misused(`${rawName} takes no value.`);
  }
  if (!values.help && positionals.length < least)
    throw misused(`Something is missing: ${written(usage)}. --help says more.`);
  if (!values.help && positionals.length > most)
    throw misused(`"${positionals[most]}" is too much: ${written(usage)}. --help says more.`);
  return /** @type {Given<O>} */ (/** @type {unknown} */ ({ values, positionals }));
}

/**
 * The whole of a command: reads this process's command line and does the work, or says how the command is used. A complaint ends the process with
 * one line and its code.
 *
 * @template {Options} [O={}]
 * @param {Spelling<O>} spelling
 * @param {(given: Given<O>) => void | Promise<void>} work
 */
export const command = (spelling, work) =>
  run(async () => {
    const given = readCommandLine(process.argv.slice(2), spelling);
    if (/** @type {{ help?: boolean }} */ (given.values).help) process.stdout.write(spelling.usage);
    else await work(given);
  });

/**
 * A complaint about the command line itself.
 *
 * @param {string} sentence
 */
export const misused = (sentence) => new Complaint(sentence, MISUSED);

/**
 * @param {string} flag
 * @param {readonly string[]} names
 */
function listed(flag, names) {
  const all = names.map((name) => `--${name}`).join(", ");
  return `There is no ${flag}: the ${names.length === 1 ? "only option is" : "options are"} ${all}.`;
}

/**
 * The first line of a usage that says how the command is written.
 *
 * @param {string} usage
 */
const written = (usage) =>
  /^ {2}((?:npm|node|stylegate) .*)$/m.exec(usage)?.[1]?.split(/ {3,}/)[0] ?? "--help";

/**
 * @typedef {{ least?: number, most?: number, isWhole?: boolean }} Range whole numbers from 1 to a million, unless it says otherwise
 */

/**
 * @param {string} name of what the number is for, as it is written: `--rounds`
 * @param {string} text
 * @param {Range} [range]
 * @returns {number}
 * @throws Complaint
 */
export function numberOf(name, text, { least = 1, most = 1e6, isWhole = true } = {}) {
  const number = isWhole && !/^\s*\d+\s*$/.test(text) ? Number.NaN : Number(text);
  if (text.trim() !== "" && number >= least && number <= most) return number;
  throw misused(
    `${name} takes a ${isWhole ? "whole number" : "number"} from ${least} to ${most}, not "${text}".`,
  );
}

/**
 * Numbers with commas between them.
 *
 * @param {string} name
 * @param {string} text
 * @param {Range} [range] of each
 * @returns {number[]}
 * @throws Complaint
 */
export const numbersOf = (name, text, range) => text.split(",").map((each) => numberOf(name, each, range));

/**
 * @template {string} Choice
 * @param {string} name
 * @param {string} text
 * @param {readonly Choice[]} choices
 * @returns {Choice}
 * @throws Complaint
 */
export function choiceOf(name, text, choices) {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw misused(`${name} is one of ${choices.join(", ")}, not "${text}".`);
}

/**
 * A server's URL, without a slash at the end.
 *
 * @param {string} name
 * @param {string} text
 * @returns {string}
 * @throws Complaint
 */
export function urlOf(name, text) {
  if (/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) return text.replace(/\/+$/, "");
  throw misused(`${name} takes an http or https URL, not "${text}".`);
}
