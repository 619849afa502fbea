import type { IncomingMessage, ServerResponse } from "node:http";
import {
  decodeInferRequest,
  encodeInferResponse,
  HEADER_LENGTH,
  type InferRoute,
  matchRoute,
  methodsOf,
  OipError,
  type ReadRoute,
  type ServerMetadata,
} from "../../contract/oip.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Inferred, Model } from "../model.ts";
import type { Models } from "../models.ts";
import type { Ticket } from "../queue/queue.ts";
import { Refusal } from "../queue/refusal.ts";
import { parseTraceParent } from "../tracing/traceparent.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { Admission } from "./admission.ts";
import { type Answer, answerFor, json, send, unauthorized, wrongMethod } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Patience } from "./patience.ts";
import type { Uploads } from "./uploads.ts";

export type Services = {
  models: Models;
  metrics: Metrics;
  log: Log;
  tracing: Tracing;
  uploads: Uploads;
  maxBodyBytes: number;
  patience: Patience;
  server: ServerMetadata;
  admits: Admission;
  /** Whether the server is shutting down: it finishes what it has and takes nothing new. */
  draining: () => boolean;
};

/** Answers one request; the promise resolves when the answer is out, and never rejects. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHandler(services: Services): Handler {
  const turnAway = turningAway(services);
  return async (request, response) => {
    let answer: Answer;
    try {
      const route = matchRoute(request.url ?? "/");
      const allowed = methodsOf(route);
      if (!allowed.includes(request.method ?? "")) answer = wrongMethod(allowed);
      else if (!services.admits(route, request.headers.authorization)) answer = turnAway(request);
      else if (route.kind === "infer") answer = await infer(services, route, request, response);
      else answer = await read(services, route);
    } catch (error) {
      answer = explain(services.log, error);
    }
    // A client that was not told to go on may send its body nevertheless, or not: nobody knows what comes next.
    const unread = request.headers.expect !== undefined && !request.complete;
    const last = unread || answer.status === 408 || services.draining();
    const wasRead = await send(response, answer, { last, patience: services.patience.write });
    if (!wasRead) services.log.warn("answer_unread", { status: answer.status });
  };
}

/** Milliseconds between two warnings: whoever tries keys must not fill the log, which the metric counts for. */
const WARNED = 60_000;
/** Characters of a path in the log: a stranger may ask for what they like. */
const LONGEST_PATH = 200;

/** Counts who has no key, and warns of some; of what they sent, the path alone: a header may be a key for something else. */
function turningAway({ metrics, log }: Services): (request: IncomingMessage) => Answer {
  let warnedAt = Number.NEGATIVE_INFINITY;
  return (request) => {
    metrics.turnedAway();
    const now = performance.now();
    if (now - warnedAt >= WARNED) {
      warnedAt = now;
      log.warn("unauthorized", { path: pathOf(request).slice(0, LONGEST_PATH) });
    }
    return unauthorized();
  };
}

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?", 1)[0] ?? "";

async function read({ models, metrics, server, draining }: Services, route: ReadRoute): Promise<Answer> {
  switch (route.kind) {
    case "server":
      return json(200, server);
    case "live":
      return json(200, { live: true });
    case "ready": {
      const ready = models.ready && !draining();
      return json(ready ? 200 : 503, { live: true, ready });
    }
    case "metrics": {
      const body = await metrics.registry.metrics();
      return { status: 200, headers: { "content-type": metrics.registry.contentType }, body };
    }
    case "model":
      return json(200, models.metadata(models.find(route.model, route.version)));
    case "model-ready": {
      const model = models.find(route.model, route.version);
      const ready = model.ready && !draining();
      return json(ready ? 200 : 503, { name: model.name, ready });
    }
  }
}

async function infer(
  services: Services,
  route: InferRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const { models, metrics, log, tracing } = services;
  const since = performance.now();
  const traced = tracing.begin(pathOf(request), parseTraceParent(request.headers.traceparent));
  let model: Model | null = null;
  let inferred: Inferred | null = null;
  let refused: string | null = null;
  let answer: Answer;
  try {
    model = models.find(route.model, route.version);
    if (services.draining()) throw new OipError(503, "the server is shutting down");
    const done = await run(services, model, request, response);
    inferred = done.inferred;
    answer = done.answer;
    metrics.ran(model, inferred);
  } catch (error) {
    if (model !== null && error instanceof Refusal) {
      metrics.refused(model, error);
      refused = error.reason;
    }
    answer = explain(log, error);
  }
  metrics.answered(model, answer.status);
  traced.end({ model, status: answer.status, inferred, refused });
  log.info("infer", {
    ...traced.ids,
    model: model?.name,
    version: model?.version,
    status: answer.status,
    refused: refused ?? undefined,
    shapes: inferred?.outputs.map(({ shape }) => shape),
    queue_ms: inferred ? Math.round(inferred.timing.waited * 1000) : undefined,
    compute_ms: inferred ? Math.round(inferred.timing.computed * 1000) : undefined,
    duration_ms: Math.round(performance.now() - since),
  });
  return answer;
}

async function run(
  services: Services,
  model: Model,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ answer: Answer; inferred: Inferred }> {
  model.check();
  const left = new AbortController();
  const onClose = (): void => left.abort();
  response.once("close", onClose);
  let ticket: Ticket | undefined;
  try {
    const body = await receive(services, request, response);
    ticket = model.admit();
    const lengthHeader = request.headers[HEADER_LENGTH.toLowerCase()];
    const asked = decodeInferRequest(body, typeof lengthHeader === "string" ? lengthHeader : undefined);
    const inferred = await model.infer(asked, ticket, left.signal);
    const { body: encoded, headers } = encodeInferResponse({
      model_name: model.name,
      model_version: model.version,
      id: asked.id,
      outputs: inferred.outputs,
    });
    const timed = { ...headers, "server-timing": serverTiming(inferred) };
    return { answer: { status: 200, headers: timed, body: encoded }, inferred };
  } finally {
    response.off("close", onClose);
    ticket?.release();
  }
}

async function receive(
  { uploads, maxBodyBytes: most, patience: { pace } }: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Uint8Array> {
  const { displaced, end } = uploads.begin();
  try {
    return await readBody(request, response, { most, pace, displaced });
  } finally {
    end();
  }
}

/** Milliseconds, as W3C Server Timing has them. */
function serverTiming({ timing: { waited, computed } }: Inferred): string {
  return `queue;dur=${(waited * 1000).toFixed(1)}, compute;dur=${(computed * 1000).toFixed(1)}`;
}

function explain(log: Log, error: unknown): Answer {
  const { answer, unexpected } = answerFor(error);
  if (unexpected) log.error("failed", { reason: error instanceof Error ? error.stack : String(error) });
  return answer;
}
