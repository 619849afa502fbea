import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { Complaint, MISUSED } from "../complaint.mjs";
import { startReceiver } from "./receiver.ts";
import { type Span, shown } from "./spans.ts";
import { Traces } from "./traces.ts";
import { treeOf } from "./tree.ts";

/** Where OTLP over HTTP is received, unless something else is said. */
const PORT = "4318";

const USAGE = `npm run trace [-- [--port N] [URL]]

Receives traces and prints them. Start the service beside it:

  OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${PORT} TRACE_SAMPLE_RATE=1 npm start

With the URL of a picture of that service, it asks for that once, prints where the time went, and ends.`;

/** `npm run trace`: see USAGE. */
export async function traceCommand(args: string[], print: (text: string) => void): Promise<void> {
  const { port, url } = read(args);
  const show = (spans: readonly Span[]) => print(`\n${spans[0]?.trace}\n${treeOf(spans)}\n`);
  const traces: Traces = new Traces((id) => {
    if (url === undefined) void traces.whole(id).then(show);
  });
  const receiver = await startReceiver(port, (spans) => traces.take(spans.map(shown)));
  if (url === undefined) return print(`Waiting for traces at ${receiver.url}\n`);
  try {
    const own = await askOnce(url, print);
    const spans = await traces.whole(own.trace);
    if (spans.length === 0) throw new Complaint(`No trace came.\n\n${USAGE}`);
    show([own, ...spans]);
  } finally {
    receiver.stop();
  }
}

function read(args: string[]): { port: number; url: string | undefined } {
  try {
    const options = { port: { type: "string", default: PORT }, help: { type: "boolean" } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [url, ...others] = positionals;
    if (values.help || others.length > 0) throw new Complaint(USAGE, values.help ? 0 : MISUSED);
    if (!/^\d{1,5}$/.test(values.port)) throw new Complaint("--port is a number.", MISUSED);
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
      throw new Complaint(`"${url}" is no URL.`, MISUSED);
    return { port: Number(values.port), url };
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(`${error instanceof Error ? error.message : error}\n\n${USAGE}`, MISUSED);
  }
}

/** Asks as a browser does, with a trace of its own, of which this request is the first span. */
async function askOnce(url: string, print: (text: string) => void): Promise<Span> {
  const [trace, id] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  const now = () => performance.timeOrigin + performance.now();
  const start = now();
  const answer = await fetch(url, { headers: { traceparent: `00-${trace}-${id}-01`, Accept: "image/*" } });
  const bytes = (await answer.arrayBuffer()).byteLength;
  const end = now();
  print(`${answer.status}, ${bytes} bytes\nServer-Timing: ${answer.headers.get("Server-Timing")}\n`);
  const attributes = new Map([["http.response.status_code", `${answer.status}`]]);
  const own = { trace, id, parent: undefined, service: "you", name: "GET", attributes };
  return { ...own, start, end, isError: !answer.ok };
}
