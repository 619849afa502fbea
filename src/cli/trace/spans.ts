import { printable } from "../terminal.mjs";
import type { SentSpan } from "./otlp.ts";

/** A span as the tree shows it, without what a terminal would take for orders. Times in milliseconds since 1970. */
export type Span = {
  trace: string;
  id: string;
  parent: string | undefined;
  service: string;
  name: string;
  start: number;
  end: number;
  isError: boolean;
  attributes: ReadonlyMap<string, string>;
};

export const shown = (sent: SentSpan): Span => ({
  trace: printable(sent.traceId),
  id: printable(sent.spanId),
  parent: printable(sent.parentSpanId ?? "") || undefined,
  service: printable(String(sent.resource["service.name"] ?? "?")),
  name: printable(sent.name),
  start: Number(sent.startTimeUnixNano) / 1e6,
  end: Number(sent.endTimeUnixNano) / 1e6,
  isError: sent.status.code === 2,
  attributes: new Map(Object.entries(sent.attributes).map(([key, value]) => [key, printable(String(value))])),
});
