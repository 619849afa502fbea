import type { IncomingMessage, ServerResponse } from "node:http";
import { receive } from "../../src/cli/trace/receiver.ts";
import { OTLP_HOST } from "./hosts.ts";

/** What was sent to the collector at one time: its headers, and the body of `ExportTraceServiceRequest` as it stood on the wire. */
export type Export = { headers: Record<string, string>; body: string };

/**
 * An OTLP/HTTP receiver on the internet of the tests: takes what is POSTed to `http://otlp.example.net/{key}/v1/traces`, and tells all of it
 * in JSON at `/{key}`. Says whether the request was one for it.
 */
export function fakeCollector() {
  const taken = new Map<string, Export[]>();
  return (url: URL, incoming: IncomingMessage, outgoing: ServerResponse): boolean => {
    if (url.hostname !== OTLP_HOST) return false;
    const [, key = "", ...signal] = url.pathname.split("/");
    const known = taken.get(key) ?? [];
    taken.set(key, known);
    const headers = incoming.headers as Record<string, string>;
    if (incoming.method === "GET") outgoing.end(JSON.stringify(known));
    else receive(`/${signal.join("/")}`, incoming, outgoing, (body) => known.push({ headers, body }));
    return true;
  };
}
