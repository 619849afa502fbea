import { type Datatype, isDatatype } from "../../contract/oip.ts";
import { ConfigError, type Message, parsePbtxt, type Value } from "./pbtxt.ts";

/** `dims` are without the batch dimension where the model batches; -1 is any size. */
export type TensorConfig = { name: string; datatype: Datatype; dims: number[] };

/** Shapes to run once before the model is ready; by input, with the batch first where the model batches. */
export type WarmUp = { name: string; shapes: Map<string, number[]> };

export type VersionPolicy =
  | { kind: "latest"; count: number }
  | { kind: "all" }
  | { kind: "specific"; versions: number[] };

/** The part of Triton's model configuration that this server acts on. */
export type ModelConfig = {
  name: string;
  /** 0: the model has no batch dimension of its own. */
  maxBatchSize: number;
  inputs: TensorConfig[];
  outputs: TensorConfig[];
  versions: VersionPolicy;
  warmUps: WarmUp[];
  file: string;
};

/** Triton's own tuning, which changes no answer, only how fast Triton gives it. */
const IGNORED = new Set([
  "dynamic_batching",
  "instance_group",
  "metric_tags",
  "model_transaction_policy",
  "optimization",
  "parameters",
  "response_cache",
  "runtime",
]);

/**
 * Reads a config.pbtxt (Triton's model_config.proto). Fields that would change the answers and that this server does
 * not implement are refused by name rather than ignored. Throws ConfigError.
 */
export function parseModelConfig(text: string, folder: string): ModelConfig {
  const fields = new Fields(parsePbtxt(text), "");
  const config: ModelConfig = {
    name: fields.text("name") ?? folder,
    maxBatchSize: fields.whole("max_batch_size") ?? 0,
    inputs: fields.messages("input").map((input) => tensor(input)),
    outputs: fields.messages("output").map((output) => tensor(output)),
    versions: policy(fields.messages("version_policy")[0]),
    warmUps: [],
    file: fields.text("default_model_filename") ?? "model.onnx",
  };
  config.warmUps = fields.messages("model_warmup").map((sample) => warmUp(sample, config.maxBatchSize));
  const backend = fields.text("backend");
  const platform = fields.text("platform");
  fields.finish(IGNORED);
  if (config.name !== folder) {
    throw new ConfigError(`name is "${config.name}", but the folder is called "${folder}"`);
  }
  if (backend !== "onnxruntime" && platform !== "onnxruntime_onnx") {
    throw new ConfigError('only backend "onnxruntime" is supported');
  }
  if (!/^[\w.-]+$/.test(config.file))
    throw new ConfigError("default_model_filename must be a plain file name");
  if (config.inputs.length === 0 || config.outputs.length === 0) {
    throw new ConfigError("at least one input and one output must be given");
  }
  return config;
}

function tensor(fields: Fields): TensorConfig {
  const name = fields.text("name");
  if (name === undefined) throw new ConfigError(`${fields.path}name is missing`);
  const type = fields
    .word("data_type")
    ?.replace(/^TYPE_/, "")
    .replace("STRING", "BYTES");
  if (!isDatatype(type)) throw new ConfigError(`${fields.path}data_type of "${name}" is unknown or missing`);
  const dims = fields.wholes("dims", -1);
  if (dims.length === 0 || dims.includes(0)) {
    throw new ConfigError(`${fields.path}dims of "${name}" must be sizes above 0, or -1 for any`);
  }
  fields.word("format"); // says how a human reads the dims; Triton checks it against them and nothing more
  fields.finish(new Set());
  return { name, datatype: type, dims };
}

/** What the values are changes no time, so that zeros do for random ones and for those of a file. */
function warmUp(fields: Fields, maxBatchSize: number): WarmUp {
  const name = fields.text("name") ?? "";
  const batch = maxBatchSize > 0 ? [fields.whole("batch_size") ?? 1] : [];
  const shapes = fields.messages("inputs").map((input): [string, number[]] => {
    const key = input.text("key") ?? "";
    return [key, [...batch, ...(input.messages("value")[0]?.wholes("dims", 1) ?? [])]];
  });
  return { name, shapes: new Map(shapes) };
}

/** Without a policy only the highest version is served, as Triton does. */
function policy(fields: Fields | undefined): VersionPolicy {
  if (fields === undefined) return { kind: "latest", count: 1 };
  const all = fields.messages("all")[0];
  const latest = fields.messages("latest")[0];
  const specific = fields.messages("specific")[0];
  fields.finish(new Set());
  if (all !== undefined) return { kind: "all" };
  if (specific !== undefined) return { kind: "specific", versions: specific.wholes("versions", 1) };
  return { kind: "latest", count: latest?.whole("num_versions") ?? 1 };
}

/** A message's fields by type; every getter marks its field as understood, so that `finish` can name the rest. */
class Fields {
  readonly path: string;
  readonly #message: Message;
  readonly #known = new Set<string>();

  constructor(message: Message, path: string) {
    this.#message = message;
    this.path = path;
  }

  text(name: string): string | undefined {
    return this.#single(name, (value) => (typeof value === "string" ? value : undefined), "text in quotes");
  }

  word(name: string): string | undefined {
    return this.#single(
      name,
      (value) => (typeof value === "object" && "word" in value ? value.word : undefined),
      "a word without quotes",
    );
  }

  whole(name: string): number | undefined {
    return this.#single(name, (value) => (isWhole(value, 0) ? value : undefined), "a whole number from 0");
  }

  wholes(name: string, least: number): number[] {
    return this.#all(name).map((value) => {
      if (!isWhole(value, least)) throw this.#wrong(name, `whole numbers from ${least}`);
      return value;
    });
  }

  messages(name: string): Fields[] {
    return this.#all(name).map((value) => {
      if (!(value instanceof Map)) throw this.#wrong(name, "a message in braces");
      return new Fields(value, `${this.path}${name}.`);
    });
  }

  finish(ignored: ReadonlySet<string>): void {
    for (const name of this.#message.keys()) {
      if (!this.#known.has(name) && !ignored.has(name)) {
        throw new ConfigError(`field "${this.path}${name}" is not supported`);
      }
    }
  }

  #single<T>(name: string, read: (value: Value) => T | undefined, what: string): T | undefined {
    const values = this.#all(name);
    if (values.length === 0) return undefined;
    const found = values.length === 1 ? read(values[0] as Value) : undefined;
    if (found === undefined) throw this.#wrong(name, what);
    return found;
  }

  #all(name: string): Value[] {
    this.#known.add(name);
    return this.#message.get(name) ?? [];
  }

  #wrong(name: string, what: string): ConfigError {
    return new ConfigError(`"${this.path}${name}" must be ${what}`);
  }
}

function isWhole(value: Value, least: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}
