/** A thread that holds one network and runs it: the runtime's calls block, and the server must go on answering. */
import { parentPort, workerData } from "node:worker_threads";
import ort from "onnxruntime-node";
import { ELEMENT_BYTES, elementCount, type Tensor, type TensorMetadata } from "../../contract/oip.ts";
import type { WarmUp } from "../repository/model-config.ts";
import type { FromWorker, Run, Setup, ToWorker } from "./message.ts";
import { fromOrt, mismatch, toOrt } from "./onnx.ts";
import { sessionOptions } from "./session.ts";

/** Sides tried for dimensions of any size until the network takes one; 32 pixels is the least of ours. */
const TRIAL_SIDES = [32, 64, 256];

if (parentPort === null) throw new Error("engine/worker.ts runs as a worker thread only");
const port = parentPort;
const setup = workerData as Setup;

try {
  // Errors come back as exceptions and are logged by the server; the runtime's own lines would not be JSON.
  ort.env.logLevel = "fatal";
  const session = await ort.InferenceSession.create(setup.path, sessionOptions(setup.threads));
  const wrong =
    mismatch("input", setup.inputs, session.inputMetadata) ??
    mismatch("output", setup.outputs, session.outputMetadata);
  if (wrong !== null) throw new Error(wrong);
  const trial = await findTrial(session);
  const warm: { elements: number; seconds: number }[] = [];
  for (const warmUp of setup.warmUps) warm.push(await warmedUp(session, warmUp));
  // In turn: the session must not be released under a run.
  let turn = Promise.resolve();
  port.on("message", (message: ToWorker) => {
    turn = turn.then(async () => {
      if (message.kind === "run") return answer(await run(session, message, trial));
      await session.release();
      port.close();
    });
  });
  answer({ kind: "loaded", warm });
} catch (error) {
  answer({ kind: "load-failed", message: text(error) });
}

/** Inputs that the network takes; finding them warms it up and proves that it runs at all. */
async function findTrial(session: ort.InferenceSession): Promise<Tensor[]> {
  let last: unknown;
  for (const side of TRIAL_SIDES) {
    const inputs = setup.inputs.map((input) =>
      zeros(
        input,
        input.shape.map((size, axis) => (size !== -1 ? size : axis === 0 && setup.batched ? 1 : side)),
      ),
    );
    try {
      await session.run(feeds(inputs));
      return inputs;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`it fails on zeros of every trial size: ${text(last)}`);
}

/** The first run of its size takes longer than the others: memory is reserved. */
async function warmedUp(
  session: ort.InferenceSession,
  { name, shapes }: WarmUp,
): Promise<{ elements: number; seconds: number }> {
  const inputs = setup.inputs.map((input) => zeros(input, shapes.get(input.name) ?? []));
  const since = performance.now();
  await session.run(feeds(inputs)).catch((error: unknown) => {
    throw new Error(`it fails on its model_warmup "${name}": ${text(error)}`);
  });
  const elements = inputs.reduce((total, { shape }) => total + elementCount(shape), 0);
  return { elements, seconds: (performance.now() - since) / 1000 };
}

function zeros({ name, datatype }: TensorMetadata, shape: number[]): Tensor {
  return {
    name,
    datatype,
    shape,
    bytes: new Uint8Array(elementCount(shape) * (ELEMENT_BYTES[datatype] ?? 0)),
  };
}

async function run(session: ort.InferenceSession, request: Run, trial: Tensor[]): Promise<FromWorker> {
  const since = performance.now();
  try {
    const results = await session.run(feeds(request.inputs), request.outputs);
    const seconds = (performance.now() - since) / 1000;
    const outputs = request.outputs.map((name) => fromOrt(name, results[name] as ort.Tensor));
    return { kind: "ran", outputs, seconds };
  } catch (error) {
    const message = text(error);
    const cause = !/alloc/i.test(message) && (await runs(session, trial)) ? "shape" : "runtime";
    return { kind: "run-failed", cause, message };
  }
}

/** Whether the network still runs where it is known to: then a failure came from what it was given. */
async function runs(session: ort.InferenceSession, trial: Tensor[]): Promise<boolean> {
  return session.run(feeds(trial)).then(
    () => true,
    () => false,
  );
}

function feeds(inputs: readonly Tensor[]): Record<string, ort.Tensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, toOrt(input)]));
}

/** Outputs change hands without a copy; views of one buffer name it once. */
function answer(message: FromWorker): void {
  const outputs = message.kind === "ran" ? message.outputs : [];
  port.postMessage(message, [...new Set(outputs.map(({ bytes }) => bytes.buffer as ArrayBuffer))]);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
