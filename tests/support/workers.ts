import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { type Bundle, bundle } from "./bundle.ts";
import type { Internet } from "./internet.ts";
import { readWranglerConfig } from "./wrangler.ts";

/** The Worker as it is deployed, under wrangler.toml's flags and variables. */
export type Modules = {
  code: Bundle["code"];
  vars: Record<string, string>;
  /** Durable Objects: bindings and classes, as wrangler.toml has them. */
  objects: { name: string; class_name: string }[];
};

/** Several Workers in one workerd, the first of which answers at `url` unless a route says otherwise. */
export type Workers = {
  url: string;
  miniflare: Miniflare;
  /** Kills workerd, whatever it is doing, and starts it anew at the same address, over the same storage. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * The bundled Worker as one of several. All that are given the same storage and flights share them, as instances do in production; one of them takes the queue's messages.
 *
 * @param variables those that are not wrangler.toml's; nobody is asked for a key unless they say so
 * @param flights the Worker among them whose objects coordinate this one's work
 * @param edge the Worker among them that draws where no endpoint does (edge-inference.ts)
 * @param outbound answers whatever the Worker fetches
 */
export function stylegate(
  name: string,
  modules: Modules,
  variables: Record<string, string>,
  { flights = name, outbound, edge }: { flights?: string; outbound?: Internet; edge?: string } = {},
): V4WorkerOptions {
  return {
    name,
    ...modules.code,
    bindings: { ...modules.vars, AUTH: "open", ...variables },
    ...(outbound ? { outboundService: { node: outbound } } : {}),
    ...(edge === undefined ? {} : { serviceBindings: { EDGE_INFERENCE: edge } }),
    r2Buckets: { PICTURES: "pictures" },
    durableObjects: Object.fromEntries(
      modules.objects.map(({ name: binding, class_name: className }) => [
        binding,
        { className, ...(flights === name ? { useSQLite: true } : { scriptName: flights }) },
      ]),
    ),
    queueProducers: { JOB_QUEUE: "stylizations" },
    ...(flights === name
      ? { queueConsumers: { stylizations: { maxBatchSize: 1, maxBatchTimeout: 0 } } }
      : {}),
  };
}

/** Starts Workers with storage of their own, which ends with them. */
export async function startWorkers(make: (modules: Modules) => V4WorkerOptions[]): Promise<Workers> {
  const { code } = await bundle("wrangler.toml");
  const { vars, durable_objects } = readWranglerConfig();
  const modules = { code, vars, objects: durable_objects.bindings };
  const options = () => convertV4MiniflareOptions({ workers: make(modules) });
  const miniflare = new Miniflare(options());
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const restart = async () => {
    await miniflare.setOptions({ ...options(), port: Number(new URL(url).port) });
  };
  return { url, miniflare, restart, stop: () => miniflare.dispose() };
}
