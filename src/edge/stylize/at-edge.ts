import type { ProblemCode } from "../../contract/problem.ts";
import { asProblem } from "../as-problem.ts";
import { mayDraw } from "../inference/draw.ts";
import type { Inference } from "../inference/endpoint.ts";
import { type Kit, longestFlight } from "../kit.ts";
import { headObject } from "../storage/objects.ts";
import { type Order, orderOf } from "./order.ts";

/** Pixels of the longer side that the edge engine draws: more has no room in its isolate's memory (docs/edge-engine.md). */
const WORKING_SIZE = 384;

/** What the chain fails with where the edge may still draw. */
const ENDPOINTS_TROUBLE: readonly ProblemCode[] = [
  "inference_unavailable",
  "inference_timeout",
  "inference_failed",
];

export const isEndpointsTrouble = (error: unknown): boolean =>
  ENDPOINTS_TROUBLE.includes(asProblem(error).code);

/** Whether only the edge draws now: none of the endpoints may be asked. */
export const isChainAway = ({ style }: Order, { inference, edge }: Kit): boolean =>
  edge !== undefined && !mayDraw(style.id, inference);

/**
 * The same order and kit with the edge engine for all endpoints, and what it has no memory for left out: faces, and more pixels, which the photo
 * itself adds where a large answer is asked for. All names are others than those of what an endpoint draws, so that nothing made here is taken
 * for that: who asks next looks for that first, and has it drawn by an endpoint that is back.
 */
export async function atEdge(order: Order, edge: Inference, kit: Kit): Promise<{ order: Order; kit: Kit }> {
  const { style, record, purgedAt, staleBecause, renewal } = order;
  const workingSize = Math.min(WORKING_SIZE, kit.config.workingSize);
  const inference = { ...kit.config.inference, timeout: edge.timeout };
  const config = { ...kit.config, workingSize, maxFaces: 0, inference };
  const flights = { ...kit.flights, longest: longestFlight(config) };
  const edgeKit: Kit = { ...kit, config, flights, inference: edge, edge: undefined };
  const wish = {
    ...order,
    style: { ...style, sizes: { ...style.sizes, largest: workingSize } }, // no larger drawing for larger answers
    transform: { ...order.transform, faces: "none" as const },
    isFaceless: true as const,
    engine: "edge" as const,
  };
  const bytes = order.bytes.isFull ? order.bytes.take() : undefined;
  const resolved = { record, purgedAt, staleBecause, renewal, bytes };
  return { order: await orderOf(wish, resolved, edgeKit), kit: edgeKit };
}

/** What GET would answer now: the edge's picture, where no endpoint may be asked and none has drawn it. */
export async function answeredNow(order: Order, kit: Kit): Promise<Order> {
  const { edge } = kit;
  if (!edge || !isChainAway(order, kit) || (await headObject(kit.bucket, order.masterKey))) return order;
  return (await atEdge(order, edge, kit)).order;
}
