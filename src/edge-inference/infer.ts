import {
  arrange,
  decodeInferRequest,
  encodeInferResponse,
  HEADER_LENGTH,
  type InferRequest,
  OipError,
  readPriority,
  readTimeout,
  requestedOutputs,
  type Tensor,
} from "../contract/oip.ts";
import { bytesOf, joined, readBody } from "./body.ts";
import { Busy } from "./busy.ts";
import { checkPicture, MAX_BODY_BYTES, MAX_PIXELS } from "./limits.ts";
import { type Network, VERSION } from "./network.ts";
import type { Services } from "./services.ts";
import { isTorn, type Loaded } from "./sessions.ts";

/** Milliseconds: waiting for the runtime, loading the network where it was not, drawing. */
export type Times = { queue: number; load: number | undefined; compute: number };

/** Of a picture that every network takes, in pixels. */
const TRIAL_SIDE = 64;

export type Inferred = { answer: Response; shape: readonly number[]; times: Times };

/**
 * Draws the pictures of one request, one after the other: together they would take more memory, and no less time.
 *
 * @throws OipError 400, 413, 499, 500, 501 or 503
 */
export async function infer(request: Request, network: Network, services: Services): Promise<Inferred> {
  const place = services.turns.enter(bytesOf(request, MAX_BODY_BYTES));
  try {
    const { image, isBinary, timeout, id } = await readAsked(request, network, place.lost);
    const arrived = services.now();
    const asked = { pixels: pixelsOf(image), bytes: image.bytes.buffer.byteLength, timeout };
    const turn = async (alive: () => void) => {
      await services.pause();
      const queue = services.now() - arrived;
      if (timeout !== undefined && queue > timeout)
        throw new Busy("the request waited for longer than its timeout", services.turns.wait);
      const { drawn, isWhole, ...spent } = await draw(image, network, services, () => {
        alive();
        if (request.signal.aborted) throw new OipError(499, "the client went away");
        return services.pause();
      });
      if (isWhole) services.turns.learn(asked.pixels, spent.compute);
      const times = { queue, ...spent };
      const { body, headers } = encodeInferResponse({
        model_name: network.name,
        model_version: VERSION,
        id,
        outputs: [{ ...outputFor(image, network), bytes: drawn, binary: isBinary }],
      });
      const answer = new Response(body, { headers: { ...headers, "server-timing": timing(times) } });
      return { answer, shape: image.shape, times };
    };
    return await place.turn(asked, turn, request.signal);
  } finally {
    place.leave();
  }
}

/** What is held of a request while it waits: its tensor, and nothing of the JSON that it may have come as. */
type Read = {
  image: Tensor;
  isBinary: boolean;
  /** Milliseconds. */
  timeout: number | undefined;
  id: string | undefined;
};

async function readAsked(request: Request, network: Network, lost: Promise<never>): Promise<Read> {
  const body = await readBody(request, MAX_BODY_BYTES, lost);
  const asked = decodeInferRequest(body, request.headers.get(HEADER_LENGTH));
  const image = imageOf(asked, network);
  readPriority(asked.parameters); // refused where it is none, as by the other servers; all that is asked here is a last resort
  const seconds = readTimeout(asked.parameters);
  return {
    image,
    isBinary: isOutputBinary(asked, network, image),
    timeout: seconds === null ? undefined : seconds * 1000,
    id: asked.id,
  };
}

const pixelsOf = ({ shape: [count = 1, height = 1, width = 1] }: Tensor) => count * height * width;

/** The pictures, [N, H, W, 3], of a size that this engine takes. */
function imageOf({ inputs }: InferRequest, { input, maxBatchSize }: Network): Tensor {
  const limits = { maxBatchSize, maxPixels: Number.POSITIVE_INFINITY };
  const [image] = arrange(inputs, [input], limits);
  if (!image) throw new RangeError("arrange gives a tensor for each input");
  const [, height = 0, width = 0] = image.shape;
  checkPicture(height, width);
  return image;
}

/** As JSON no more is answered than one picture may have: its numbers take a multiple of its bytes. */
function isOutputBinary(asked: InferRequest, { output }: Network, { bytes }: Tensor): boolean {
  const isBinary = requestedOutputs(asked, [output]).every(({ binary }) => binary);
  if (isBinary || bytes.byteLength <= 3 * MAX_PIXELS) return isBinary;
  throw new OipError(413, `an answer in JSON may have ${MAX_PIXELS} pixels: ask for binary data`);
}

type Drawn = Omit<Times, "queue"> & {
  drawn: Uint8Array;
  /** In one go: no restart of the runtime is in `compute`. */
  isWhole: boolean;
};

async function draw(
  { bytes, shape: [count = 1, ...sides] }: Tensor,
  network: Network,
  services: Services,
  /** Between two steps: rejects where nobody wants the rest. */
  rest: () => Promise<void>,
): Promise<Drawn> {
  const { sessions, now } = services;
  const isLoaded = sessions.has(network);
  const since = now();
  await rest();
  await withNetwork(network, services, () => {});
  await rest();
  const ready = now();
  const { restarts } = sessions;
  const shape = [1, ...sides];
  const step = bytes.byteLength / count;
  const drawn: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; at += step) {
    const picture = bytes.subarray(at, at + step);
    drawn.push(await withNetwork(network, services, (loaded) => run(loaded, picture, shape)));
    await rest();
  }
  return {
    drawn: joined(drawn),
    isWhole: sessions.restarts === restarts,
    load: isLoaded ? undefined : ready - since,
    compute: now() - ready,
  };
}

/**
 * Does it with the network loaded; where that tears the runtime, once more with it started anew: what there was no memory for may have been
 * what earlier pictures had left there.
 */
async function withNetwork<Result>(
  network: Network,
  { sessions, log }: Services,
  work: (loaded: Loaded) => Result,
): Promise<Result> {
  for (let isAgain = false; ; isAgain = true) {
    try {
      return work(await sessions.get(network));
    } catch (error) {
      if (!isTorn(error)) throw error;
      sessions.restart();
      if (isAgain) throw error;
      log.error("runtime_restarted", { model: network.name, reason: String(error) });
    }
  }
}

/**
 * One picture. Where the network fails at it and still draws others, the picture's shape is to blame; else the runtime is torn.
 *
 * @throws OipError 400
 */
function run(loaded: Loaded, bytes: Uint8Array, shape: readonly number[]): Uint8Array {
  try {
    return loaded.draw(bytes, shape);
  } catch (error) {
    if (isTorn(error)) throw error;
    tryOut(loaded);
    throw new OipError(400, `the model does not take a picture of the shape [${shape}]`);
  }
}

/** @throws Error that says that the runtime is torn */
function tryOut(loaded: Loaded): void {
  try {
    loaded.draw(new Uint8Array(TRIAL_SIDE ** 2 * 3), [1, TRIAL_SIDE, TRIAL_SIDE, 3]);
  } catch (cause) {
    throw new Error("the network draws nothing any more", { cause });
  }
}

/** The output's name, type and shape; it has the input's sides, and as many of them as the model says. */
const outputFor = ({ shape }: Tensor, { output }: Network) => ({
  ...output,
  shape: shape.slice(0, output.shape.length),
});

const timing = (times: Times): string =>
  Object.entries(times)
    .flatMap(([step, milliseconds]) =>
      milliseconds === undefined ? [] : [`${step};dur=${milliseconds.toFixed(1)}`],
    )
    .join(", ");
