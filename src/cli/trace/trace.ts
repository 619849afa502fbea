import { randomBytes } from "node:crypto";
import { numberOf, readCommandLine, urlOf } from "../command-line.mjs";
import { Complaint } from "../complaint.mjs";
import { printable } from "../terminal.mjs";
import { unanswered } from "../unanswered.mjs";
import { startReceiver } from "./receiver.ts";
import { type Span, shown } from "./spans.ts";
import { QUIET, Traces } from "./traces.ts";
import { treeOf } from "./tree.ts";

/** Where OTLP over HTTP is received, unless something else is said. */
const PORT = "4318";

const USAGE = `Receives traces and prints them.

  npm run trace -- [--port N] [URL]

Start the service beside it:

  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${PORT} TRACE_SAMPLE_RATE=1 npm start

With the URL of a picture of that service, it asks for that once, prints where the time went, and ends: with 1 where the
answer is no success. It listens on port ${PORT}, unless --port names another.
`;

/** `npm run trace`: see USAGE. */
export async function traceCommand(args: string[], print: (text: string) => void): Promise<void> {
  const options = { port: { type: "string" } } as const;
  const { values, positionals } = readCommandLine(args, { usage: USAGE, options, takes: [0, 1] });
  if (values.help) return print(USAGE);
  const port = numberOf("--port", values.port ?? PORT, { least: 0, most: 65_535 });
  const url = positionals[0] === undefined ? undefined : urlOf("npm run trace", positionals[0]);
  const show = (spans: readonly Span[]) =>
    print(`\n${spans[0]?.trace}\n${treeOf(spans, process.stdout.columns)}\n`);
  const traces: Traces = new Traces((id) => {
    if (url === undefined) void traces.whole(id).then(show);
  });
  const receiver = await startReceiver(port, (spans) => traces.take(spans.map(shown)));
  if (url === undefined) return print(`Waiting for traces at ${receiver.url}\n`);
  try {
    const own = await askOnce(url, print);
    const spans = await traces.whole(own.trace);
    if (spans.length === 0)
      throw new Complaint(
        `No trace came within ${QUIET / 1000} s: start the service with OTEL_EXPORTER_OTLP_ENDPOINT=${receiver.url} TRACE_SAMPLE_RATE=1.`,
      );
    show([own, ...spans]);
    if (own.isError)
      throw new Complaint(`${url} answered ${own.attributes.get("http.response.status_code")}.`);
  } finally {
    receiver.stop();
  }
}

/** Asks as a browser does, with a trace of its own, of which this request is the first span. */
async function askOnce(url: string, print: (text: string) => void): Promise<Span> {
  const [trace, id] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  const now = () => performance.timeOrigin + performance.now();
  const start = now();
  const headers = { traceparent: `00-${trace}-${id}-01`, Accept: "image/*" };
  const answer = await fetch(url, { headers }).catch((error: unknown) => {
    throw unanswered(new URL(url).origin, error) ?? error;
  });
  const bytes = (await answer.arrayBuffer()).byteLength;
  const end = now();
  print(
    `${answer.status}, ${bytes} bytes\nServer-Timing: ${printable(answer.headers.get("Server-Timing") ?? "none")}\n`,
  );
  const attributes = new Map([["http.response.status_code", `${answer.status}`]]);
  const own = { trace, id, parent: undefined, service: "you", name: "GET", attributes };
  return { ...own, start, end, isError: !answer.ok };
}
