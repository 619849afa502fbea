import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Inferred, Model } from "./model.ts";
import type { Models } from "./models.ts";
import type { Queue } from "./queue/queue.ts";
import type { Refusal } from "./queue/refusal.ts";

export type Metrics = {
  registry: Registry;
  /** An infer request has been answered; `model` is null where the request named none that exists. */
  answered(model: Model | null, status: number): void;
  /** A run has ended well. */
  ran(model: Model, inferred: Inferred): void;
  /** The queue has turned a request away. */
  refused(model: Model, refusal: Refusal): void;
  /** A request came without the key that it needs. */
  turnedAway(): void;
};

/** Seconds. A 256² picture takes some 30 ms on two cores, the largest allowed some 3 s; queues hold many of those. */
const COMPUTE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32];

/** Prometheus metrics of this server and its process, in a registry of their own. */
export function createMetrics(models: Models, queue: Queue): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["model", "version"];
  collectDefaultMetrics({ register: registry });
  const ofModels = (name: string, help: string, value: (model: Model) => number): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        for (const model of models.all) this.set(labels(model), value(model));
      },
    });
  const ofQueue = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  ofModels("stylegate_inference_queue_length", "Requests that wait for their turn", (model) => model.waiting);
  ofModels("stylegate_inference_running", "Requests that are being computed", (model) => model.running);
  ofModels("stylegate_inference_model_loaded", "1 where the model can answer", ({ ready }) =>
    ready ? 1 : 0,
  );
  ofQueue("stylegate_inference_in_flight", "Infer requests let in and not answered yet", () => queue.taken);
  ofQueue("stylegate_inference_in_flight_limit", "As many may be", () => queue.places);
  ofQueue("stylegate_inference_overloaded", "1 while more is asked for than can be done", () =>
    queue.overloaded("batch") ? 1 : 0,
  );
  const refusals = new Counter({
    name: "stylegate_inference_refused_total",
    help: "Infer requests that the queue turned away, by priority and reason",
    labelNames: [...labelNames, "priority", "reason"],
    registers,
  });
  const unauthorized = new Counter({
    name: "stylegate_inference_unauthorized_total",
    help: "Requests without the key, of whatever they asked for",
    registers,
  });
  const requests = new Counter({
    name: "stylegate_inference_requests_total",
    help: "Infer requests by answer; 499: the client went away",
    labelNames: [...labelNames, "status"],
    registers,
  });
  const waited = new Histogram({
    name: "stylegate_inference_queue_seconds",
    help: "Time in the queue of requests that were run",
    labelNames,
    buckets: WAIT_BUCKETS,
    registers,
  });
  const computed = new Histogram({
    name: "stylegate_inference_compute_seconds",
    help: "Time of the network's runs",
    labelNames,
    buckets: COMPUTE_BUCKETS,
    registers,
  });
  const batches = new Histogram({
    name: "stylegate_inference_batch_size",
    help: "Pictures of a request that was run",
    labelNames,
    buckets: BATCH_BUCKETS,
    registers,
  });
  return {
    registry,
    answered: (model, status) => requests.inc({ ...labels(model), status: String(status) }),
    refused: (model, { priority, reason }) =>
      refusals.inc({ ...labels(model), priority: priority ?? "unknown", reason }),
    turnedAway: () => unauthorized.inc(),
    ran: (model, { timing, batch }) => {
      batches.observe(labels(model), batch);
      waited.observe(labels(model), timing.waited);
      computed.observe(labels(model), timing.computed);
    },
  };
}

/** Unknown names share one label, so that callers cannot grow the metrics at will. */
function labels(model: Model | null): { model: string; version: string } {
  return model === null ? { model: "unknown", version: "" } : { model: model.name, version: model.version };
}
