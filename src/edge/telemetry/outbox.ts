import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { OtlpConfig } from "../config/telemetry.ts";
import { log } from "./log.ts";
import type { Sink } from "./tracer.ts";

/** Spans of one activity that are sent at most; a request that takes all its heads and tiles has some forty. */
const MOST_SPANS = 256;

/** Requests to the collector for one activity at most: what is done behind an answer comes later than the rest. */
const MOST_BATCHES = 4;

/** Milliseconds that the collector has to take them. */
const TIMEOUT = 5_000;

/**
 * Sends an activity's spans when none is open any more, which is after its answer. Nobody waits for that, and what cannot be sent is lost.
 */
export class Outbox implements Sink {
  #open = 0;
  #batches = 0;
  #spans = 0;
  #ended: ReadableSpan[] = [];
  readonly #otlp: OtlpConfig;
  readonly #waitUntil: (work: Promise<unknown>) => void;

  constructor(otlp: OtlpConfig, waitUntil: (work: Promise<unknown>) => void) {
    this.#otlp = otlp;
    this.#waitUntil = waitUntil;
  }

  begun(): void {
    this.#open++;
  }

  ended(span: ReadableSpan): void {
    this.#open--;
    if (this.#spans++ < MOST_SPANS) this.#ended.push(span);
    if (this.#open > 0 || this.#ended.length === 0 || this.#batches++ >= MOST_BATCHES) return;
    this.#waitUntil(send(this.#ended.splice(0), this.#otlp));
  }
}

/** By OTLP over HTTP, in JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp. Never throws. */
async function send(spans: ReadableSpan[], { url, headers }: OtlpConfig): Promise<void> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans)),
      redirect: "manual", // whose credentials are in the headers
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await answer.body?.cancel();
    if (!answer.ok) log("warn", "export_failed", { status: answer.status, spans: spans.length });
  } catch (error) {
    log("warn", "export_failed", { error: String(error), spans: spans.length });
  }
}
