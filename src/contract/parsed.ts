/** What the text of an operator's setting says; a complaint is a sentence for the operator. */
export type Parsed<Value> = { ok: true; value: Value } | { ok: false; complaint: string };

export const complain = (complaint: string): { ok: false; complaint: string } => ({ ok: false, complaint });

/** The entries of a list, without the space around them; empty ones do not count. */
export const entriesOf = (text: string, separator: string | RegExp): string[] =>
  text
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
