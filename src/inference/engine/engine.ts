import { Worker } from "node:worker_threads";
import type { Tensor } from "../../contract/oip.ts";
import type { FromWorker, Ran, RunFailed, Setup, ToWorker } from "./message.ts";

/** The network cannot be loaded, or died; the message is for the log, not for clients. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** One network on one thread of its own. */
export type Engine = {
  /** What the warm-ups took. */
  warm: readonly { elements: number; seconds: number }[];
  /**
   * Runs the network; one call at a time. The inputs' buffers change hands: they are empty afterwards. Rejects with an
   * EngineError where the thread died.
   */
  run(inputs: Tensor[], outputs: string[]): Promise<Ran | RunFailed>;
  /** Ends the thread once a run that is under way has ended. */
  close(): Promise<void>;
};

/**
 * Loads a network, checks it against its configuration and warms it up. `onDeath` is told of an end of the thread that
 * nobody asked for, after the loading. Rejects with an EngineError.
 */
export async function startEngine(setup: Setup, onDeath: (error: EngineError) => void): Promise<Engine> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: setup, name: setup.path });
  let failure: Error | undefined;
  let closing = false;
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.once("error", (error: Error) => {
    failure = error;
  });
  const reply = (): Promise<FromWorker> =>
    new Promise((resolve, reject) => {
      const onExit = (): void => reject(new EngineError(failure?.message ?? "the engine's thread ended"));
      worker.once("exit", onExit);
      worker.once("message", (message: FromWorker) => {
        worker.off("exit", onExit);
        resolve(message);
      });
    });

  const loaded = await reply();
  if (loaded.kind !== "loaded") {
    await worker.terminate();
    throw new EngineError(loaded.kind === "load-failed" ? loaded.message : "the engine spoke out of turn");
  }
  exited.then(() => {
    if (!closing) onDeath(new EngineError(failure?.message ?? "the engine's thread ended"));
  });
  const send = (message: ToWorker, buffers: ArrayBuffer[]): void => worker.postMessage(message, buffers);
  return {
    warm: loaded.warm,
    async run(inputs, outputs) {
      const answered = reply();
      send({ kind: "run", inputs, outputs }, [
        ...new Set(inputs.map(({ bytes }) => bytes.buffer as ArrayBuffer)),
      ]);
      const message = await answered;
      if (message.kind === "ran" || message.kind === "run-failed") return message;
      throw new EngineError("the engine spoke out of turn");
    },
    async close() {
      closing = true;
      send({ kind: "stop" }, []);
      await exited;
    },
  };
}
