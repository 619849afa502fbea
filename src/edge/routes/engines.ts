import { STYLES } from "../../contract/style.ts";
import { canDraw } from "../inference/draw.ts";
import type { Endpoint } from "../inference/endpoint.ts";
import type { Kit } from "../kit.ts";

/** Who draws, without its URL: `away` where it cannot draw all that it was asked about now, `unasked` where one before it can. */
export type Engine = { name: string; state: "ready" | "away" | "unasked" };

export type Engines = {
  /** In the order in which they are asked to draw: the edge's own is the last, where there is one. */
  engines: Engine[];
  /** Whether nobody has to stand in for another. */
  isWhole: boolean;
  /** Styles that nobody can draw. */
  missing: string[];
};

/**
 * Asks down the chain as far as somebody is needed: each endpoint, and then the edge, about the styles that none before it can draw. Who is
 * behind one that can is left alone, since asking would wake an endpoint that sleeps while nobody needs it.
 */
export async function askEngines({ inference, edge }: Pick<Kit, "inference" | "edge">): Promise<Engines> {
  let missing = STYLES.map(({ id }) => id);
  const engines: Engine[] = [];
  for (const endpoint of [...inference.endpoints, ...(edge?.endpoints ?? [])]) {
    const left = missing.length === 0 ? undefined : await lacking(missing, endpoint);
    const state = !left ? "unasked" : left.length === 0 ? "ready" : "away";
    engines.push({ name: endpoint.name, state });
    missing = left ?? missing;
  }
  return { engines, isWhole: engines.every(({ state }) => state !== "away"), missing };
}

/** Of some styles, those that an endpoint cannot draw now. */
async function lacking(styles: readonly string[], endpoint: Endpoint): Promise<string[]> {
  const drawn = await Promise.all(styles.map((id) => canDraw(id, endpoint)));
  return styles.filter((_, at) => !drawn[at]);
}
