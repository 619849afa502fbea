import { parseArgs } from "node:util";
import { Complaint, MISUSED } from "../../src/cli/complaint.mjs";
import { isRecord } from "../../src/contract/record.ts";

export const SERVERS = ["embedded", "triton", "kserve"] as const;

export type Target = { url: string } | { server: (typeof SERVERS)[number] };

/** Without targets, help. */
export type Asked = { targets: Target[]; model: string | undefined };

export const USAGE = `Checks whether a server speaks the Open Inference Protocol v2 as the Worker needs it.

  npm run conformance -- URL [--model NAME]
  npm run conformance -- ${SERVERS.join(" ")} [--model NAME]

  URL      of a server that runs, such as http://127.0.0.1:8000
  ${SERVERS.join(", ")}
           installs (once) and starts those that are named, one after the other,
           with networks of models/
  --model  that draws pictures; without it the first that is found

CONFORMANCE_HEADERS in the environment are sent with each request, as INFERENCE_CREDENTIALS has
them of an endpoint: {"Authorization": "Bearer …"}
docs/conformance.md tells what is checked.
`;

/** @throws Complaint where the command line makes no sense */
export function readArguments(args: string[]): Asked {
  const { values, positionals } = parsed(args);
  if (values.help) return { targets: [], model: undefined };
  if (positionals.length === 0) throw new Complaint(USAGE, MISUSED);
  return { targets: positionals.map(readTarget), model: values.model };
}

/** @throws Complaint where they are no JSON object of strings */
export function readHeaders(given: string | undefined): Record<string, string> {
  if (!given) return {};
  try {
    const headers: unknown = JSON.parse(given);
    if (isRecord(headers)) {
      const all = Object.entries(headers).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      );
      if (all.length === Object.keys(headers).length) return Object.fromEntries(all);
    }
  } catch {}
  throw new Complaint('CONFORMANCE_HEADERS is no JSON such as {"Authorization": "Bearer …"}.', MISUSED);
}

function readTarget(given: string): Target {
  const server = SERVERS.find((name) => name === given);
  if (server !== undefined) return { server };
  if (!/^https?:$/.test(URL.canParse(given) ? new URL(given).protocol : "")) {
    throw new Complaint(`${given} is no http(s) URL and none of ${SERVERS.join(", ")}.`, MISUSED);
  }
  return { url: given.replace(/\/+$/, "") };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { model: { type: "string" }, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Complaint(`${error instanceof Error ? error.message : error}\n\n${USAGE}`, MISUSED);
  }
}
