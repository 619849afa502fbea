import { misused, readCommandLine } from "../../src/cli/command-line.mjs";
import { parseCredentials } from "../../src/edge/config/endpoints.ts";

export const SERVERS = ["embedded", "triton", "kserve"] as const;

export type Target = { url: string } | { server: (typeof SERVERS)[number] };

/** What goes with each request, such as `Authorization`; names in small letters. */
export type Sent = Readonly<Record<string, string>>;

/** Without targets, help. */
export type Asked = { targets: Target[]; model: string | undefined; headers: Sent };

export const USAGE = `Checks whether a server speaks the Open Inference Protocol v2 as the Worker needs it.

  npm run conformance -- URL [--model NAME] [--header 'NAME: VALUE']…
  npm run conformance -- ${SERVERS.join(" ")} [--model NAME]

  URL      of a server that runs, such as http://127.0.0.1:8000
  ${SERVERS.join(", ")}
           installs (once) and starts those that are named, one after the other,
           with networks of models/
  --model  that draws pictures; without it the first that is found
  --header that goes with each request, as the server's gateway or key wants it

What is secret is better off in the environment, which no other user of the
machine sees, nor a shell remembers: CONFORMANCE_HEADERS has headers as an
endpoint has them in INFERENCE_CREDENTIALS, {"Endpoint-Key": "…"}.
docs/conformance.md tells what is checked.
`;

/** @throws Complaint where the command line, or what the environment has for it, makes no sense */
export function readArguments(args: string[], env: Record<string, string | undefined>): Asked {
  const { values, positionals } = readCommandLine(args, {
    usage: USAGE,
    options: { model: { type: "string" }, header: { type: "string", multiple: true } },
    takes: [1, Number.POSITIVE_INFINITY],
  });
  if (values.help) return { targets: [], model: undefined, headers: {} };
  const { CONFORMANCE_HEADERS: told } = env;
  const headers = {
    ...(told && headersOf("CONFORMANCE_HEADERS", 'headers as JSON: {"Endpoint-Key": "…"}', told)),
    ...Object.assign({}, ...(values.header ?? []).map(headerOf)),
  };
  return { targets: positionals.map(readTarget), model: values.model, headers };
}

function headerOf(line: string): Sent {
  const at = line.indexOf(":");
  const header = { [line.slice(0, Math.max(0, at)).trim()]: line.slice(at + 1).trim() };
  return headersOf("--header", "'NAME: VALUE', of a header that is not the protocol's own", header);
}

/**
 * By the rules of INFERENCE_CREDENTIALS: what the checks get through with, the Worker does.
 *
 * @param given headers, or the JSON of them
 * @throws Complaint that says nothing of what stands there, which may be the secret
 */
function headersOf(place: string, form: string, given: Sent | string): Sent {
  const parsed = parseCredentials(JSON.stringify({ it: typeof given === "string" ? decoded(given) : given }));
  const headers = parsed.ok ? parsed.value.it : undefined;
  if (headers === undefined) throw misused(`${place} must be ${form}.`);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function readTarget(given: string): Target {
  const server = SERVERS.find((name) => name === given);
  if (server !== undefined) return { server };
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : "")) {
    throw misused(`${given} is no http(s) URL and none of ${SERVERS.join(", ")}.`);
  }
  return { url: given.replace(/\/+$/, "") };
}

function decoded(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
