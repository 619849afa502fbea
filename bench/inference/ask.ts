import { Agent, request } from "node:http";
import { encodeInferRequest } from "../../src/contract/oip.ts";
import { noise } from "../../tests/support/random.ts";

/** Connections stay open, as the Worker's do. */
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export type Question = { path: string; headers: Record<string, string>; body: Uint8Array };
export type Answered = { status: number; milliseconds: number; headers: NodeJS.Dict<string | string[]> };

/** A batch of pictures of noise, which take a network as long as any. */
export function question(model: string, side: number, batch = 1, parameters = {}): Question {
  const bytes = noise(batch * side * side * 3);
  const { body, headers } = encodeInferRequest({
    parameters: { binary_data_output: true, ...parameters },
    inputs: [{ name: "image", datatype: "UINT8", shape: [batch, side, side, 3], bytes }],
  });
  return { path: `/v2/models/${model}/infer`, headers, body };
}

/** Resolves when the whole answer is there. */
export function ask(url: string, { path, headers, body }: Question): Promise<Answered> {
  const since = performance.now();
  return new Promise((resolve, reject) => {
    const asking = request(`${url}${path}`, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          milliseconds: performance.now() - since,
          headers: answer.headers,
        }),
      );
    });
    asking.on("error", reject);
    asking.setHeader("content-length", body.byteLength);
    asking.end(body);
  });
}
