import { STYLES } from "../../contract/style.ts";
import { canDraw } from "../inference/draw.ts";
import type { Endpoint } from "../inference/endpoint.ts";
import type { Kit } from "../kit.ts";

/** Who draws, without its URL: `away` where it cannot draw every style now. */
export type Engine = { name: string; state: "ready" | "away" };

export type Engines = {
  /** The edge's own is the last, where there is one. */
  engines: Engine[];
  /** Whether every endpoint can draw every style: nobody stands in for another. */
  isWhole: boolean;
  /** Styles that nobody can draw. */
  missing: string[];
};

/** Asks all endpoints, and the edge, about all styles. */
export async function askEngines({ inference, edge }: Pick<Kit, "inference" | "edge">): Promise<Engines> {
  const endpoints = [...inference.endpoints, ...(edge?.endpoints ?? [])];
  const told = await Promise.all(endpoints.map(drawableBy));
  const chain = told.slice(0, inference.endpoints.length);
  const isReady = ({ drawable }: (typeof told)[number]) => drawable.size === STYLES.length;
  return {
    engines: told.map((one) => ({ name: one.name, state: isReady(one) ? "ready" : "away" })),
    isWhole: chain.every(isReady),
    missing: STYLES.map(({ id }) => id).filter((id) => !told.some(({ drawable }) => drawable.has(id))),
  };
}

async function drawableBy(endpoint: Endpoint) {
  const styles = await Promise.all(STYLES.map(async ({ id }) => ((await canDraw(id, endpoint)) ? [id] : [])));
  return { name: endpoint.name, drawable: new Set(styles.flat()) };
}
