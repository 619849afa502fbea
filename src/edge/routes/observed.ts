import { type Attributes, SpanKind } from "@opentelemetry/api";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { App } from "../bindings.ts";
import { type Activity, activityOf, scopeOf, within } from "../telemetry/activity.ts";
import { begin, isSampledFor } from "../telemetry/begin.ts";
import { eventsFor, type RequestEvent } from "../telemetry/events.ts";
import { fail } from "../telemetry/failure.ts";
import { log } from "../telemetry/log.ts";
import { readServerTiming } from "../telemetry/server-timing.ts";
import { contextFrom, traceparentOf } from "../telemetry/tracer.ts";
import { requested, routeOf, styleOf } from "./requested.ts";

/**
 * Watches a request from its first handler to its answer: a server span, a data point, a line in the log, and what `Server-Timing` tells
 * besides the steps. What any of them say of it is what `requested` does: no path or query of a source, no signature, no id, no address.
 */
export function observed() {
  return createMiddleware<App>(async (c, next) => {
    const start = performance.now();
    const { telemetry } = c.var.config;
    const parent = contextFrom(c.req.raw.headers);
    const method = METHODS.has(c.req.method) ? c.req.method : "_OTHER";
    const { span, context } = begin({
      name: method,
      kind: SpanKind.SERVER,
      attributes: { "http.request.method": method },
      parent,
      isSampled: isSampledFor(parent, telemetry, Math.random()),
      otlp: telemetry.otlp,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
    });
    const events = eventsFor(c.env.EVENTS);
    const activity = activityOf(span, { priority: "interactive", events, requestId: rayOf(c) });
    await within(scopeOf(activity, context), async () => {
      await next();
      tell({ activity, method, duration: performance.now() - start }, c);
    });
  });
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-spans/ has the others be one, since anybody can make some up. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Cloudflare's id of the request, which only Cloudflare sets where it is in front. */
const rayOf = (c: Context<App>): string | undefined =>
  /^[0-9a-f]{16}(?:-[A-Z]{3})?$/.exec(c.req.header("Cf-Ray") ?? "")?.[0];

type Answered = { activity: Activity; method: string; duration: number };

function tell({ activity, method, duration }: Answered, c: Context<App>): void {
  const { status, headers } = c.res;
  const { span, events } = activity;
  const { logs } = c.var.config.telemetry;
  const isLogged = logs === "all" || (logs === "failed" && status >= 500);
  if (events || isLogged || span.isRecording()) {
    const event = eventOf({ activity, method, duration }, c);
    events?.request(event);
    const { route, duration: took, ...told } = event;
    if (isLogged) log("info", "request", { ...requested(c), ...told, status, duration_ms: Math.round(took) });
    span.updateName(`${method} ${route}`);
    span.setAttributes(attributesOf(event, status));
  }
  if (status >= 500) fail(span, activity.code || `${status}`);
  span.end();
  headers.set("Server-Timing", [headers.get("Server-Timing"), ...own(activity)].filter(Boolean).join(", "));
}

function eventOf({ activity, method, duration }: Answered, c: Context<App>): RequestEvent {
  const { status, headers } = c.res;
  const timing = readServerTiming(headers.get("Server-Timing"));
  const { code, priority, attempts, queue, compute } = activity;
  return {
    ...{ route: routeOf(c), method, status: `${status}`, code, style: styleOf(c), priority },
    engine: activity.engine || (headers.get("Stylegate-Engine") ?? ""),
    cached: timing.get("cache")?.description ?? "",
    colo: coloOf(c),
    ...{ duration, queue, compute, attempts },
    bytes: Number(headers.get("Content-Length") ?? 0),
  };
}

/** What the endpoints say of the time that they took, and where the trace is to be found. */
function own({ span, queue, compute }: Activity): string[] {
  const times = queue + compute > 0 ? [metric("infer_queue", queue), metric("infer_compute", compute)] : [];
  return [...times, `traceparent;desc="${traceparentOf(span)}"`];
}

const metric = (name: string, milliseconds: number) => `${name};dur=${milliseconds.toFixed(1)}`;

/** Of the data centre, which says no more of who asks than that they are on its part of the world. */
function coloOf(c: Context<App>): string {
  const { cf } = c.req.raw;
  return typeof cf?.colo === "string" ? cf.colo : "";
}

function attributesOf(
  { route, code, style, engine, cached, colo }: RequestEvent,
  status: number,
): Attributes {
  const known = Object.entries({ code, style, engine, cached, colo }).filter(([, value]) => value !== "");
  return {
    "http.route": route,
    "http.response.status_code": status,
    ...Object.fromEntries(known.map(([name, value]) => [`stylegate.${name}`, value])),
  };
}
