import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  waitOnExecutionContext,
} from "cloudflare:test";
import type { Stylization } from "../../../src/contract/api/stylizations.ts";
import type { JobMessage } from "../../../src/edge/jobs/message.ts";
import { queue } from "../../../src/edge/jobs/queue.ts";
import { INFERENCE_HOST } from "../hosts.ts";
import { type Asked, ask, bindings } from "./ask.ts";

export const PATH = "/v1/stylizations";
export const HOST = "https://photos.example.com";
export const ASYNC = { Prefer: "respond-async" };
export const OUTPUTS = [{ style: "toon", width: 64 }];

type Environment = NonNullable<Asked["env"]>;

/** A network that draws at once. */
export const PAINTER: Environment = { INFERENCE_URL: `http://${INFERENCE_HOST}/painter/jobs` };

/** @param request JSON, or the text of it */
export const post = (request: unknown, headers: Record<string, string> = {}, env: Environment = {}) =>
  ask(PATH, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: new TextEncoder().encode(typeof request === "string" ? request : JSON.stringify(request)),
    env: { ...PAINTER, ...env },
  });

export const of = (answer: Response) => answer.json() as Promise<Stylization>;
export const jobOf = (id: string) => bindings.JOBS.getByName(id);

/** Gives the Worker a stylization's message, as the queue does; says what became of that. */
export async function deliver(id: string, env: Environment = {}) {
  const messages = [{ id: "m", timestamp: new Date(), attempts: 1, body: { job: id } }];
  const batch = createMessageBatch<JobMessage>("stylegate-stylizations", messages);
  const context = createExecutionContext();
  await queue(batch, { ...bindings, ...PAINTER, ...env }, context);
  await waitOnExecutionContext(context);
  return getQueueResult(batch, context);
}
