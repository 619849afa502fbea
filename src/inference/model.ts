import {
  arrange,
  elementCount,
  type InferRequest,
  type ModelMetadata,
  OipError,
  type OutputTensor,
  readPriority,
  readTimeout,
  requestedOutputs,
  type TensorMetadata,
} from "../contract/oip.ts";
import { type Engine, EngineError, startEngine } from "./engine/engine.ts";
import type { Queue, Ticket } from "./queue/queue.ts";
import type { ModelConfig, TensorConfig } from "./repository/model-config.ts";

export type ModelLimits = { concurrency: number; threads: number; maxPixels: number };

/** Seconds; `queuedAt` is milliseconds, as performance.now(). */
export type Timing = { queuedAt: number; waited: number; computed: number };
/** `batch`: pictures of the request; 1 where the model does not batch. */
export type Inferred = { outputs: OutputTensor[]; timing: Timing; batch: number };

type State = { kind: "loading" } | { kind: "ready"; engines: Engine[] } | { kind: "failed" };

/** One version of one model: its engines, one for each lane of the queue, and what it takes and gives. */
export class Model {
  readonly name: string;
  readonly version: string;
  readonly inputs: TensorMetadata[];
  readonly outputs: TensorMetadata[];
  readonly #queue: Queue;
  readonly #config: ModelConfig;
  readonly #path: string;
  readonly #limits: ModelLimits;
  #state: State = { kind: "loading" };

  constructor(config: ModelConfig, version: number, path: string, limits: ModelLimits, queue: Queue) {
    this.name = config.name;
    this.version = String(version);
    this.inputs = config.inputs.map((input) => metadata(input, config.maxBatchSize));
    this.outputs = config.outputs.map((output) => metadata(output, config.maxBatchSize));
    this.#queue = queue;
    this.#config = config;
    this.#path = path;
    this.#limits = limits;
  }

  get ready(): boolean {
    return this.#state.kind === "ready";
  }

  get waiting(): number {
    return this.#queue.waiting(this.#key);
  }

  get running(): number {
    return this.#queue.running(this.#key);
  }

  get #key(): string {
    return `${this.name}/${this.version}`;
  }

  /** `versions` are all that can be asked for by number. */
  metadata(versions: string[]): ModelMetadata {
    return {
      name: this.name,
      versions,
      platform: "onnxruntime_onnx",
      inputs: this.inputs,
      outputs: this.outputs,
    };
  }

  /** Starts the engines. Rejects with an EngineError where the network does not load or does not match its config. */
  async load(onDeath: (error: EngineError) => void): Promise<void> {
    const setup = {
      path: this.#path,
      threads: this.#limits.threads,
      batched: this.#config.maxBatchSize > 0,
      inputs: this.inputs,
      outputs: this.outputs,
      warmUps: this.#config.warmUps,
    };
    const died = (error: EngineError): void => {
      this.#state = { kind: "failed" };
      onDeath(error);
    };
    const lanes = Array.from({ length: this.#limits.concurrency }, () => startEngine(setup, died));
    const started = await Promise.allSettled(lanes);
    const engines = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = started.find((result) => result.status === "rejected");
    if (failed === undefined) {
      this.#state = { kind: "ready", engines };
      for (const { elements, seconds } of engines[0]?.warm ?? []) {
        this.#queue.learn({ model: this.#key, elements }, seconds);
      }
      return;
    }
    this.#state = { kind: "failed" };
    await Promise.all(engines.map((engine) => engine.close()));
    throw failed.reason;
  }

  /** Throws what `admit` would throw now: whoever is turned away need not send a body. */
  check(): void {
    this.#engines();
    this.#queue.check();
  }

  /** Takes a place in the queue; throws a Refusal where there is none, OipError 503 where the model is not loaded. */
  admit(): Ticket {
    this.#engines();
    return this.#queue.admit();
  }

  /**
   * Runs a request in its turn. Rejects with an OipError: 400 or 413 (inputs that the model does not take), 503
   * (a Refusal, or model gone), 499 (client gone); or with an EngineError, whose message is for the log.
   */
  async infer(request: InferRequest, ticket: Ticket, signal: AbortSignal): Promise<Inferred> {
    const { maxBatchSize } = this.#config;
    const { maxPixels } = this.#limits;
    const inputs = arrange(request.inputs, this.inputs, { maxBatchSize, maxPixels });
    const wanted = requestedOutputs(request, this.outputs);
    const names = wanted.map(({ name }) => name);
    const shapes = inputs.map(({ name, shape }) => `"${name}" [${shape}]`);

    const elements = inputs.reduce((total, { shape }) => total + elementCount(shape), 0);

    const queuedAt = performance.now();
    let waited = 0;
    const onStart = (seconds: number): void => {
      waited = seconds;
    };
    const result = await ticket.run((lane) => this.#engine(lane).run(inputs, names), {
      work: { model: this.#key, elements },
      priority: readPriority(request.parameters),
      signal,
      timeout: readTimeout(request.parameters),
      onStart,
    });
    if (result.kind === "run-failed") {
      if (result.cause === "shape") throw new OipError(400, `the model does not take ${shapes.join(", ")}`);
      throw new EngineError(result.message);
    }
    const outputs = result.outputs.map((tensor, i) => ({ ...tensor, binary: wanted[i]?.binary === true }));
    const batch = maxBatchSize > 0 ? (inputs[0]?.shape[0] ?? 1) : 1;
    return { outputs, timing: { queuedAt, waited, computed: result.seconds }, batch };
  }

  async close(): Promise<void> {
    const engines = this.#state.kind === "ready" ? this.#state.engines : [];
    this.#state = { kind: "failed" };
    await Promise.all(engines.map((engine) => engine.close()));
  }

  #engines(): Engine[] {
    if (this.#state.kind === "ready") return this.#state.engines;
    const why = this.#state.kind === "loading" ? "is still being loaded" : "could not be loaded";
    throw new OipError(503, `model "${this.name}" version ${this.version} ${why}`);
  }

  #engine(lane: number): Engine {
    const engine = this.#engines()[lane];
    if (engine === undefined) throw new RangeError(`there is no lane ${lane}`);
    return engine;
  }
}

function metadata({ name, datatype, dims }: TensorConfig, maxBatchSize: number): TensorMetadata {
  return { name, datatype, shape: maxBatchSize > 0 ? [-1, ...dims] : dims };
}
