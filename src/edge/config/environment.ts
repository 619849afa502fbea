import type { Parsed } from "../../contract/parsed.ts";
import type { VariableName, Variables } from "../variables.ts";

const MAX_SECRET = 512;

/** The variables as text, and what is wrong with them: one sentence each, for the operator's log. An empty one counts as not set. */
export class Environment {
  readonly complaints: string[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  text(name: VariableName): string {
    return this.#variables[name]?.trim() ?? "";
  }

  complain(complaint: string): void {
    this.complaints.push(complaint);
  }

  /** Undefined where there is something to complain about. */
  parsed<Value>(name: VariableName, parse: (text: string) => Parsed<Value>): Value | undefined {
    const parsed = parse(this.text(name));
    if (parsed.ok) return parsed.value;
    this.complain(`${name}: ${parsed.complaint}`);
    return undefined;
  }

  whole(name: VariableName, fallback: number, least: number, most: number): number {
    const value = this.text(name) || String(fallback);
    if (/^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    this.complain(`${name} must be a whole number from ${least} to ${most}, not "${value}".`);
    return fallback;
  }

  /** 0 to 1. */
  fraction(name: VariableName, fallback: number): number {
    const value = this.text(name) || String(fallback);
    if (/^(?:0?\.\d{1,9}|[01](?:\.0{1,9})?)$/.test(value)) return Number(value);
    this.complain(`${name} must be a number from 0 to 1, not "${value}".`);
    return fallback;
  }

  /** What is sent as `Authorization: Bearer`; undefined where it is not set. */
  secret(name: VariableName, least: number): string | undefined {
    const secret = this.text(name);
    if (secret === "") return undefined;
    if (!/^[!-~]+$/.test(secret) || secret.length < least || secret.length > MAX_SECRET) {
      this.complain(`${name} must have ${least} to ${MAX_SECRET} characters of visible ASCII.`);
    }
    return secret;
  }

  /** The first choice is the default. */
  choice<const Choice extends string>(name: VariableName, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.text(name) || choices[0];
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.complain(`${name} must be ${choices.join(" or ")}, not "${value}".`);
    return chosen ?? choices[0];
  }
}
