import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import packageJson from "../../package.json" with { type: "json" };
import type { Config } from "./config.ts";
import { admission } from "./http/admission.ts";
import { createHandler, type Handler } from "./http/handler.ts";
import { PATIENCE, type Patience } from "./http/patience.ts";
import { Uploads } from "./http/uploads.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { Models } from "./models.ts";
import { Queue } from "./queue/queue.ts";
import { readRepository } from "./repository/repository.ts";
import { openTracing } from "./tracing/open.ts";

export type InferenceServer = {
  url: string;
  /** Resolves once every model is loaded or has failed to; it never rejects. */
  loaded: Promise<void>;
  /** Whether every model can answer. */
  ready(): boolean;
  /**
   * Takes no more requests and ends those it has. Where `seconds` are too few for them it cuts them off, waits for the
   * run that is under way, and resolves to false.
   */
  shutdown(seconds: number): Promise<boolean>;
};

/**
 * Starts to listen, then loads the models. Rejects with a RepositoryError where there is nothing to serve, and with
 * Node's system error where the port is taken.
 */
export async function startServer(
  config: Config,
  log: Log,
  patience: Patience = PATIENCE,
): Promise<InferenceServer> {
  const found = await readRepository(config.modelsDir, config.models);
  const { concurrency: lanes, queueSize: size, queueTarget: target } = config;
  const queue = new Queue({ lanes, size, target });
  const models = new Models(found, config, queue);
  const tracing = await openTracing(config.otlpEndpoint, packageJson.version);
  const inProgress = new InProgress();
  let draining = false;
  const handler = createHandler({
    models,
    metrics: createMetrics(models, queue),
    log,
    tracing,
    // As many bodies as requests in the queue: what is in memory is at most twice what may be admitted.
    uploads: new Uploads(queue.places, patience.displaceable),
    maxBodyBytes: config.maxBodyBytes,
    admits: admission(config.endpointKey),
    patience,
    server: {
      name: "stylegate",
      version: packageJson.version,
      extensions: ["binary_tensor_data", "schedule_policy"],
    },
    draining: () => draining,
  });
  const http = createServer({
    headersTimeout: patience.headers,
    requestTimeout: patience.receive,
    keepAliveTimeout: patience.keepAlive,
  });
  http.maxConnections = patience.connections;
  const tracked: Handler = (request, response) => inProgress.track(handler(request, response));
  http.on("request", tracked);
  // Whoever asks first whether to send the body is told no before it is sent.
  http.on("checkContinue", tracked);
  const url = await listen(http, config);
  const loaded = models.load(found, log, () => draining);

  return {
    url,
    loaded,
    ready: () => models.ready,
    async shutdown(seconds) {
      draining = true;
      const finish = async (): Promise<true> => {
        await loaded;
        await inProgress.empty();
        return true;
      };
      const finished = await within(seconds, finish());
      http.close();
      http.closeAllConnections();
      // Their clients cut off, requests that wait are dropped. A run cannot be interrupted: to exit in the middle of one
      // would abort the process.
      await loaded;
      await models.close();
      await tracing.close().catch((error: unknown) => log.warn("spans_lost", { reason: String(error) }));
      return finished;
    },
  };
}

async function listen(http: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, host, resolve);
  });
  const { port: bound } = http.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${bound}`;
}

/** False after `seconds`, unless the promise was quicker. */
function within(seconds: number, promise: Promise<true>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), seconds * 1000);
    promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** The requests that have not been answered yet. */
class InProgress {
  readonly #answers = new Set<Promise<void>>();

  track(answer: Promise<void>): Promise<void> {
    this.#answers.add(answer);
    return answer.finally(() => this.#answers.delete(answer));
  }

  /** Resolves when there are none, those that came meanwhile included. */
  async empty(): Promise<void> {
    while (this.#answers.size > 0) await Promise.all(this.#answers);
  }
}
