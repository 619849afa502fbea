/**
 * What is paid for, in US dollars of a month: so much is included, each unit beyond it costs so much. Read on the pages named, in November 2026
 * where they are Cloudflare's; `npm run cost` prints none of it as an offer.
 */
export type Price = { included: number; each: number; source: string };

const CLOUDFLARE = "https://developers.cloudflare.com";
const MILLION = 1e6;

/** The Workers Paid plan, without which there are neither queues nor containers. */
export const PLAN = { monthly: 5, source: `${CLOUDFLARE}/workers/platform/pricing/` };

export const PRICES = {
  requests: { included: 10 * MILLION, each: 0.3 / MILLION, source: PLAN.source },
  /** Milliseconds. */
  cpu: { included: 30 * MILLION, each: 0.02 / MILLION, source: PLAN.source },
  /** R2's class A. */
  writes: { included: MILLION, each: 4.5 / MILLION, source: `${CLOUDFLARE}/r2/pricing/` },
  /** R2's class B. */
  reads: { included: 10 * MILLION, each: 0.36 / MILLION, source: `${CLOUDFLARE}/r2/pricing/` },
  /** GB-months; what leaves R2 is free. */
  stored: { included: 10, each: 0.015, source: `${CLOUDFLARE}/r2/pricing/` },
  objectRequests: {
    included: MILLION,
    each: 0.15 / MILLION,
    source: `${CLOUDFLARE}/durable-objects/platform/pricing/`,
  },
  /** GB-seconds, of 128 MB for as long as an object works. */
  objectDuration: {
    included: 400_000,
    each: 12.5 / MILLION,
    source: `${CLOUDFLARE}/durable-objects/platform/pricing/`,
  },
  /** A message is written, read and deleted: three of them. */
  queueOperations: {
    included: MILLION,
    each: 0.4 / MILLION,
    source: `${CLOUDFLARE}/queues/platform/pricing/`,
  },
  /** Analytics Engine's data points: announced, and not billed yet. */
  events: {
    included: 10 * MILLION,
    each: 0.25 / MILLION,
    source: `${CLOUDFLARE}/analytics/analytics-engine/pricing/`,
  },
  logs: {
    included: 20 * MILLION,
    each: 0.6 / MILLION,
    source: `${CLOUDFLARE}/workers/observability/logs/workers-logs/`,
  },
  /** Containers: vCPU-seconds in use, and GiB-seconds and GB-seconds while they are awake. */
  containerCpu: { included: 375 * 60, each: 0.00002, source: `${CLOUDFLARE}/containers/pricing/` },
  containerMemory: { included: 25 * 3600, each: 0.0000025, source: `${CLOUDFLARE}/containers/pricing/` },
  containerDisk: { included: 200 * 3600, each: 0.00000007, source: `${CLOUDFLARE}/containers/pricing/` },
  /** GB that leave containers in North America and Europe. Whether what a Worker of the same account takes counts is not said: here it does. */
  containerEgress: { included: 1000, each: 0.025, source: `${CLOUDFLARE}/containers/pricing/` },
} satisfies Record<string, Price>;

export type Priced = keyof typeof PRICES;

/** A rented machine, by the hour. */
export type Machine = {
  /** What serves the networks there, and where that is. */
  name: string;
  /** Dollars. */
  hourly: number;
  /** A GPU by its dense FP16 operations a second on tensor cores, as its maker states them; a CPU by its vCPUs. */
  speed: { operations: number } | { vcpus: number };
  /** Dollars for a GB that leaves the machine, beyond what is included in a month of it. */
  egress: number;
  egressIncluded: number;
  /** Seconds without a request until it ends; undefined where it is never off. */
  sleepAfter: number | undefined;
  source: string;
};

export const MACHINES = {
  vm: {
    name: "the embedded server on a rented machine with 2 vCPUs",
    hourly: 0.04167,
    speed: { vcpus: 2 },
    egress: 0.01,
    egressIncluded: 4000,
    sleepAfter: undefined,
    source: "https://www.digitalocean.com/pricing/droplets, s-2vcpu-4gb-amd, 2025",
  },
  "modal-l4": {
    name: "Triton on L4s of Modal, off when idle",
    hourly: 0.7992,
    speed: { operations: 121e12 },
    egress: 0,
    egressIncluded: 0,
    sleepAfter: 60,
    source: "https://modal.com/pricing, May 2026; without the cores and the memory beside it",
  },
  "lambda-a10": {
    name: "Triton on A10s of Lambda, always on",
    hourly: 0.86,
    speed: { operations: 125e12 },
    egress: 0,
    egressIncluded: 0,
    sleepAfter: undefined,
    source: "https://lambda.ai/pricing, May 2026",
  },
  "aws-a10g": {
    name: "Triton on A10Gs of AWS (g5.xlarge), always on",
    hourly: 1.006,
    speed: { operations: 70e12 },
    egress: 0.09,
    egressIncluded: 100,
    sleepAfter: undefined,
    source: "https://aws.amazon.com/ec2/pricing/on-demand/, us-east-1, June 2026",
  },
} satisfies Record<string, Machine>;
