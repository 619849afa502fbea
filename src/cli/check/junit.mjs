/** @typedef {import("./outcome.mjs").Outcome} Outcome */

/**
 * Reads how many tests passed, and which did not, out of pytest's JUnit XML.
 *
 * @param {string} xml
 * @returns {Outcome}
 */
export function readJunit(xml) {
  /** @type {Outcome} */
  const outcome = { passed: 0, failed: [], skipped: [] };
  for (const [, attributes = "", isEmpty, body = ""] of xml.matchAll(
    /<testcase ((?:[^"'>]|"[^"]*")*?)(?:(\/)>|>(.*?)<\/testcase>)/gs,
  )) {
    const test = () => ({
      name: `${attribute(attributes, "classname")}.${attribute(attributes, "name")}`,
      reason: attribute(body, "message"),
    });
    if (isEmpty) outcome.passed += 1;
    else if (/<(?:failure|error)\b/.test(body)) outcome.failed.push(test());
    else if (body.includes("<skipped")) outcome.skipped.push(test());
    else outcome.passed += 1; // it only wrote something
  }
  return outcome;
}

/**
 * @param {string} text
 * @param {string} name
 */
function attribute(text, name) {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1] ?? "";
  return value.replace(/&(#\d+|\w+);/g, (whole, entity) => ENTITIES.get(entity) ?? whole);
}

const ENTITIES = new Map([
  ["quot", '"'],
  ["apos", "'"],
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["#10", "\n"],
]);
