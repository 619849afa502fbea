/**
 * The embedded inference server: the Open Inference Protocol v2 over the networks in MODELS_DIR, on this machine's
 * processor. Without ENDPOINT_KEY anybody may draw who reaches it: keep it on a private network then. Exit codes: 0 after SIGTERM or SIGINT, 1 where
 * requests were cut off or the port is taken, 2 where the configuration makes no sense.
 */
import { type Config, ConfigurationError, readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { RepositoryError } from "./repository/repository.ts";
import { type InferenceServer, startServer } from "./server.ts";

const LISTEN_PROBLEMS = new Map([
  ["EADDRINUSE", "is taken"],
  ["EACCES", "is not allowed"],
  ["EADDRNOTAVAIL", "is not on this machine"],
  ["ENOTFOUND", "has no address"],
]);

const config = orExplain(() => readConfig(process.env));
const log = createLog(config.logLevel, (line) => process.stderr.write(line));
const server = await startServer(config, log).catch((error: unknown) => stop(error, config));
log.info("listening", { url: server.url, models_dir: config.modelsDir, threads: config.threads });

// A terminal's Ctrl-C reaches the whole process group, and a supervisor may pass it on: only the first one counts.
let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    leave(server, config, signal);
  });
}

await server.loaded;
if (server.ready() && !stopping) log.info("ready", { url: server.url });

async function leave(running: InferenceServer, { shutdownTimeout }: Config, signal: string): Promise<never> {
  log.info("stopping", { signal, timeout_s: shutdownTimeout });
  const finished = await running.shutdown(shutdownTimeout);
  if (!finished) log.error("cut_off", { reason: "requests were still unanswered after SHUTDOWN_TIMEOUT" });
  log.info("stopped");
  process.exit(finished ? 0 : 1);
}

function orExplain<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return stop(error, null);
  }
}

/** One sentence for whoever starts the server; what nobody foresaw keeps its stack. */
function stop(error: unknown, settings: Config | null): never {
  if (error instanceof ConfigurationError || error instanceof RepositoryError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const why = typeof code === "string" ? LISTEN_PROBLEMS.get(code) : undefined;
  if (why === undefined) throw error;
  process.stderr.write(
    `${settings?.host}:${settings?.port} ${why}; set INFERENCE_HOST or INFERENCE_PORT to another.\n`,
  );
  process.exit(1);
}
