import { STYLES } from "../../contract/style.ts";
import { whyNotDrawn } from "../inference/draw.ts";
import type { Endpoint } from "../inference/endpoint.ts";
import type { Unready } from "../inference/ready.ts";
import type { Kit } from "../kit.ts";

/** Who draws, without its URL: `away` where it cannot draw all that it was asked about now, `unasked` where one before it can. */
export type Engine =
  | { name: string; state: "ready" | "unasked" }
  | {
      name: string;
      state: "away";
      reason: Unready;
      /** Styles that it was asked about and cannot draw. */
      missing: string[];
    };

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
    const engine = await ask(missing, endpoint);
    engines.push(engine);
    if (engine.state !== "unasked") missing = engine.state === "away" ? engine.missing : [];
  }
  return { engines, isWhole: engines.every(({ state }) => state !== "away"), missing };
}

async function ask(styles: readonly string[], endpoint: Endpoint): Promise<Engine> {
  const { name } = endpoint;
  if (styles.length === 0) return { name, state: "unasked" };
  const whys = await Promise.all(styles.map((id) => whyNotDrawn(id, endpoint)));
  const reasons = whys.filter((why) => why !== undefined);
  // What keeps it from telling of a network says more than that another is not there.
  const reason = reasons.find((why) => why !== "missing") ?? reasons[0];
  if (reason === undefined) return { name, state: "ready" };
  return { name, state: "away", reason, missing: styles.filter((_, at) => whys[at] !== undefined) };
}
