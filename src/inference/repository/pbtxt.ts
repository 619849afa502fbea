/** A protobuf text message: every field with all its values, in order, since any field may repeat. */
export type Message = Map<string, Value[]>;
export type Value = string | number | Identifier | Message;
/** A bare word: an enum value, or true and false. */
export type Identifier = { word: string };

/** What a config.pbtxt says that cannot be read; the message names the line or the field. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Token = { kind: "string" | "word" | "number" | "mark" | "end"; text: string; line: number };

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>-?(?:0x[0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+))|(?<word>[A-Za-z_][\w.]*)|(?<mark>[{}[\]:,;<>])/y;
const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
/** Model configurations nest four deep; this only keeps a hostile file from exhausting the stack. */
const DEPTH = 32;

/** Reads protobuf's text format, as far as model configurations use it. Throws ConfigError. */
export function parsePbtxt(text: string): Message {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): Token => tokens[at] as Token;
  const next = (): Token => tokens[at++] as Token;
  const take = (mark: string): boolean => {
    if (peek().kind !== "mark" || peek().text !== mark) return false;
    at++;
    return true;
  };
  const unexpected = ({ kind, text: found, line }: Token): ConfigError =>
    new ConfigError(`line ${line}: unexpected ${kind === "end" ? "end of file" : `"${found}"`}`);

  function message(close: string | null, depth: number): Message {
    if (depth > DEPTH) throw new ConfigError(`line ${peek().line}: nested too deep`);
    const fields: Message = new Map();
    for (;;) {
      if (close === null ? peek().kind === "end" : take(close)) return fields;
      const name = next();
      if (name.kind !== "word") throw unexpected(name);
      const colon = take(":");
      const values = fields.get(name.text) ?? [];
      if (take("[")) {
        while (!take("]")) {
          values.push(value(depth));
          if (!take(",") && peek().text !== "]") throw unexpected(peek());
        }
      } else {
        if (!colon && peek().text !== "{" && peek().text !== "<") throw unexpected(peek());
        values.push(value(depth));
      }
      fields.set(name.text, values);
      if (!take(",")) take(";");
    }
  }

  function value(depth: number): Value {
    if (take("{")) return message("}", depth + 1);
    if (take("<")) return message(">", depth + 1);
    const token = next();
    if (token.kind === "number") return Number(token.text);
    if (token.kind === "word") return { word: token.text };
    if (token.kind !== "string") throw unexpected(token);
    let joined = unquote(token.text);
    while (peek().kind === "string") joined += unquote(next().text);
    return joined;
  }

  return message(null, 0);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let line = 1;
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) throw new ConfigError(`line ${line}: unexpected "${text[from]}"`);
    for (const kind of ["string", "number", "word", "mark"] as const) {
      const found = groups[kind];
      if (found !== undefined) tokens.push({ kind, text: found, line });
    }
    line += groups.space?.match(/\n/g)?.length ?? 0;
  }
  tokens.push({ kind: "end", text: "", line });
  return tokens;
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}
