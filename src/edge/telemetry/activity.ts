import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type Span, trace } from "@opentelemetry/api";
import type { Priority } from "../inference/priority.ts";
import type { Events } from "./events.ts";

/** One thing that the service does for somebody: it answers a request, or draws what a stylization asks for. */
export type Activity = {
  /** Of its outermost span, recorded or not. */
  span: Span;
  /** Cloudflare's id of the request, or its span's. */
  requestId: string;
  priority: Priority;
  /** Undefined where nobody counts. */
  events: Events | undefined;
  /** The problem that it came to. */
  code: string;
  attempts: number;
  /** Which endpoint drew; empty where none did. */
  engine: string;
  /** Milliseconds that endpoints say their answers waited and took. */
  queue: number;
  compute: number;
};

/** Where the code is just now: in which activity, and in which of its spans. */
export type Scope = { activity: Activity; context: Context };

const scopes = new AsyncLocalStorage<Scope>();

/** Undefined in what is nobody's, as in Durable Objects and alarms. */
export const currentScope = (): Scope | undefined => scopes.getStore();

export const currentActivity = (): Activity | undefined => scopes.getStore()?.activity;

export const within = <Result>(scope: Scope, work: () => Result): Result => scopes.run(scope, work);

export const activityOf = (
  span: Span,
  known: Pick<Activity, "priority" | "events"> & { requestId?: string | undefined },
): Activity => ({
  ...known,
  span,
  requestId: known.requestId ?? span.spanContext().spanId,
  code: "",
  attempts: 0,
  engine: "",
  queue: 0,
  compute: 0,
});

export const scopeOf = (activity: Activity, context: Context): Scope => ({
  activity,
  context: trace.setSpan(context, activity.span),
});
