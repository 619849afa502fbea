import { INSTANCE_TYPE, INSTANCE_TYPES, SLEEP_AFTER } from "./container.ts";
import { type Machine, PLAN, PRICES, type Priced } from "./prices.ts";
import * as usage from "./usage.ts";

/** A month of a service. */
export type Month = {
  /** Pictures that are drawn: a photo in a style. */
  unique: number;
  /** Answers for each, from the Worker: browsers' and other caches' own are not among them. At least as many as variants. */
  views: number;
  /** Sizes and formats that are asked for of each. */
  variants: number;
  /** The share that is asked for as a stylization, through the queue. */
  jobs: number;
  /** Days after which R2 forgets masters and variants. */
  masterDays: number;
  variantDays: number;
  /** The busiest moment against the mean. */
  peak: number;
  /** Lines in Cloudflare's logs for each request: those that failed have one, all with `LOG_REQUESTS = "all"`. */
  logs: number;
};

export const SERVICE: Omit<Month, "unique"> = {
  views: 20,
  variants: 2,
  jobs: 0,
  masterDays: 30,
  variantDays: 30,
  peak: 3,
  logs: 0,
};

/** A CPU endpoint in Cloudflare's containers, that of deploy/container. */
export type Container = { vcpu: number; memory: number; disk: number; sleepAfter: number | undefined };
export const CONTAINER: Container = { ...INSTANCE_TYPES[INSTANCE_TYPE], sleepAfter: SLEEP_AFTER };

export type Engine =
  | { kind: "edge" }
  | { kind: "container"; container: Container }
  /** `imagesPerSecond` is what one of them draws. */
  | { kind: "machine"; machine: Machine; imagesPerSecond: number };

/** Lines in dollars, and how many machines it takes at the busiest moment. */
export type Bill = { lines: [name: string, dollars: number][]; total: number; machines: number };

const SECONDS = 30 * 24 * 3600;
const GB = 1e9;

/** What a machine draws of the pictures that the figures in usage.ts are of. */
export const imagesPerSecond = ({ speed }: Machine) =>
  "vcpus" in speed
    ? speed.vcpus / usage.SERVER_CPU
    : (speed.operations * usage.UTILISATION) / usage.OPERATIONS_OF_NETWORK;

/** What a month costs. */
export function billOf(month: Month, engine: Engine): Bill {
  const { unique, jobs } = month;
  const drawn = { ...month, views: Math.max(month.views, month.variants) };
  const answers = {
    miss: unique,
    variant: unique * (drawn.variants - 1),
    view: unique * (drawn.views - drawn.variants),
  };
  const all = (of: Record<keyof typeof answers, number>) =>
    answers.miss * of.miss + answers.variant * of.variant + answers.view * of.view;
  const operations = (name: keyof typeof usage.OPERATIONS.miss) =>
    all({
      miss: usage.OPERATIONS.miss[name],
      variant: usage.OPERATIONS.variant[name],
      view: usage.OPERATIONS.view[name],
    });
  const requests = unique * drawn.views;
  const stored =
    unique *
    (usage.SIZE.master * (month.masterDays / 30) +
      usage.SIZE.variant * month.variants * (month.variantDays / 30));
  const drawing = engineOf(month, engine);
  const amounts: Partial<Record<Priced, number>> = {
    requests,
    cpu: all(usage.CPU) + (drawing.edgeCpu ?? 0),
    writes: operations("writes"),
    reads: operations("reads"),
    stored: stored / 1000,
    objectRequests: operations("objectRequests") + (drawing.amounts.objectRequests ?? 0),
    objectDuration: unique * usage.FLIGHT * 0.128 + (drawing.amounts.objectDuration ?? 0),
    queueOperations: 3 * unique * jobs,
    events: requests + unique * usage.EVENTS_OF_DRAWING,
    logs: requests * month.logs,
  };
  const cost = (names: readonly Priced[], of = amounts) =>
    names.reduce((sum, name) => sum + priced(name, of[name] ?? 0), 0);
  const lines: Bill["lines"] = [
    ["Workers Paid", PLAN.monthly],
    ["Workers: requests", cost(["requests"])],
    ["Workers: CPU", cost(["cpu"])],
    ["R2: operations", cost(["writes", "reads"])],
    ["R2: storage", cost(["stored"])],
    ["Durable Objects, Queues", cost(["objectRequests", "objectDuration", "queueOperations"])],
    ["Analytics Engine, logs", cost(["events", "logs"])],
    [
      "Networks",
      drawing.dollars +
        cost(["containerCpu", "containerMemory", "containerDisk", "containerEgress"], drawing.amounts),
    ],
  ];
  return { lines, total: lines.reduce((sum, [, dollars]) => sum + dollars, 0), machines: drawing.machines };
}

const priced = (name: Priced, amount: number) =>
  Math.max(0, amount - PRICES[name].included) * PRICES[name].each;

type Drawing = {
  dollars: number;
  amounts: Partial<Record<Priced, number>>;
  edgeCpu?: number;
  machines: number;
};

function engineOf({ unique, peak }: Month, engine: Engine): Drawing {
  const rate = unique / SECONDS;
  if (engine.kind === "edge")
    return { dollars: 0, amounts: {}, edgeCpu: unique * usage.EDGE_CPU, machines: 0 };
  const egress = (unique * usage.TENSOR) / GB;
  if (engine.kind === "machine") {
    const { machine, imagesPerSecond } = engine;
    const machines = Math.max(1, Math.ceil((rate * peak) / imagesPerSecond));
    const hours = ((machines * SECONDS) / 3600) * awake(rate / machines, machine.sleepAfter);
    const paid = Math.max(0, egress - machines * machine.egressIncluded);
    return { dollars: hours * machine.hourly + paid * machine.egress, amounts: {}, machines };
  }
  const { container } = engine;
  const machines = Math.max(1, Math.ceil((rate * peak * usage.SERVER_CPU) / container.vcpu));
  const seconds = machines * SECONDS * awake(rate / machines, container.sleepAfter);
  return {
    dollars: 0,
    amounts: {
      containerCpu: unique * usage.SERVER_CPU,
      containerMemory: seconds * container.memory,
      containerDisk: seconds * container.disk,
      containerEgress: egress,
      objectRequests: unique,
      objectDuration: seconds * 0.128,
    },
    machines,
  };
}

/** The share of a month for which a machine is on that ends after so long without a request, where they come at random (Poisson). */
const awake = (rate: number, sleepAfter: number | undefined) =>
  sleepAfter === undefined ? 1 : 1 - Math.exp(-rate * sleepAfter);
