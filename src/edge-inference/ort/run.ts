import * as ort from "onnxruntime-web/wasm";

/**
 * Runs a network of one uint8 input and one uint8 output. It blocks the isolate for as long as it takes.
 *
 * @param shape of the input
 * @returns the output, in memory of its own
 */
export async function run(
  session: ort.InferenceSession,
  bytes: Uint8Array,
  shape: readonly number[],
): Promise<Uint8Array> {
  const [input = "", output = ""] = [session.inputNames[0], session.outputNames[0]];
  const results = await session.run({ [input]: new ort.Tensor("uint8", bytes, shape) }, [output]);
  const data = results[output]?.data;
  if (data instanceof Uint8Array) return data;
  throw new Error(`the output ${output} is no bytes`);
}
