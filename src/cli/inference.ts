/** `npm run inference`: the embedded server alone, as src/inference has it; docs/configuration.md. */
import { command } from "./command-line.mjs";

const USAGE = `The embedded inference server alone: the Open Inference Protocol v2 over the networks in models/.

  npm run inference

It is set by variables, such as INFERENCE_PORT=8000 npm run inference:

  INFERENCE_HOST, INFERENCE_PORT         where it listens (127.0.0.1, 8788)
  MODELS_DIR, MODELS                     which networks it loads (models, all of them)
  INFERENCE_CONCURRENCY, INFERENCE_THREADS
                                         runs at once (1), and threads of each (all)
  QUEUE_SIZE, QUEUE_TARGET               how many wait (16), and how long (1.5 runs)
  MAX_BODY_BYTES, MAX_PIXELS             what a request may have (16 MiB, 4194304)
  ENDPOINT_KEY                           what callers must send (nothing)
  SHUTDOWN_TIMEOUT, LOG_LEVEL            seconds (30); debug, info, warn or error
  OTEL_EXPORTER_OTLP_ENDPOINT            where spans go (nowhere)

docs/configuration.md describes them. Without ENDPOINT_KEY, keep it on a
private network.
`;

await command({ usage: USAGE }, async () => {
  await import("../inference/main.ts");
});
