import type { Endpoint } from "./endpoint.ts";

/** Where a check's demand comes from: OIP is kserve/open-inference-protocol, specification/protocol/inference_rest.md. */
export const OIP = "OIP";
/** triton-inference-server/server, docs/protocol/extension_binary_data.md. */
export const BINARY = "binary tensors";
/** triton-inference-server/server, docs/protocol/extension_schedule_policy.md. */
export const SCHEDULE = "schedule policy";

/**
 * Who asks for it: the Worker, which would not get its pictures without; the protocol; an extension, which binds a server that claims it. Or it is
 * only `told`: what the specification leaves open, or asks for without any picture depending on it, and real servers do otherwise.
 */
export type Demand = "worker" | "protocol" | "told" | { extension: "binary_tensor_data" | "schedule_policy" };

/** One thing that an endpoint does, seen from outside. */
export type Check = {
  name: string;
  demand: Demand;
  /** The section that says so, or the file of the Worker that needs it. */
  source: string;
  /** Rejects where the endpoint does otherwise; with Absent where it has nothing to look at. */
  run: (endpoint: Endpoint) => Promise<void>;
};

export type Group = { title: string; checks: readonly Check[] };

/** The endpoint serves no such model, or no versions: there is nothing to check. */
export class Absent extends Error {
  override readonly name = "Absent";
}

export function isRequired({ demand }: Check, { extensions }: Endpoint): boolean {
  if (demand === "told") return false;
  return typeof demand === "string" || extensions.includes(demand.extension);
}
