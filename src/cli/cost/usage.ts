/**
 * What one picture takes, from a phone's photo of 12 megapixels. CPU and sizes are what `npm run bench:cost` prints, rounded up; operations
 * are counted in src/edge/storage/operations.test.ts, which expects these numbers.
 */

/** R2's and the Durable Objects' calls, each in an isolate that has not seen the picture, and from a data centre without it in its cache: the most there can be. */
export const OPERATIONS = {
  /** A picture that is drawn. */
  miss: { writes: 3, reads: 8, objectRequests: 4 },
  /** Another size or format of one that is drawn. */
  variant: { writes: 1, reads: 6, objectRequests: 0 },
  /** One that is there. */
  view: { writes: 0, reads: 5, objectRequests: 0 },
};

/** Milliseconds of the Worker's CPU. */
export const CPU = { miss: 300, variant: 150, view: 4 };

/** Megabytes. */
export const SIZE = { master: 0.9, variant: 0.05 };

/** Seconds for which the objects of a drawing's flights are there. */
export const FLIGHT = 2.5;

/** Pixels at the working size. */
const PIXELS = 768 * 576;

/** A picture of so many as tensors in bytes: what is sent to an endpoint, and comes back. */
export const TENSOR = PIXELS * 3;

/** vCPU-seconds of the embedded server, int8, on a core with VNNI; faces looked for. */
export const SERVER_CPU = 0.3;

/** Milliseconds of the edge engine's CPU at 384 × 384. */
export const EDGE_CPU = 300;

/**
 * Operations of the network for so many: `npm run bench:cuda -- --count` prints those of 768 × 768, and they grow with the pixels. A GPU is
 * reckoned to reach a tenth of its peak with it: no GPU was read here, and its layers are narrow.
 */
export const OPERATIONS_OF_NETWORK = (42.81e9 * PIXELS) / (768 * 768);
export const UTILISATION = 0.1;

/** Data points of a drawing besides its request's: attempts at endpoints, for the frame, faces and heads, and the drawing itself. */
export const EVENTS_OF_DRAWING = 4;
