import type { Unready } from "../../contract/api/service.ts";
import { STYLES } from "../../contract/style.ts";
import { whyNotDrawn } from "../inference/draw.ts";
import type { Endpoint } from "../inference/endpoint.ts";
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

/** Milliseconds after which an endpoint that has not answered no longer keeps those behind it from being asked: all may hang, each as long as it may. */
const SLOW = 1_000;

/**
 * Asks down the chain as far as somebody is needed: each endpoint, and then the edge, about the styles that none before it can draw. Who is
 * behind one that can is left alone, since asking would wake an endpoint that sleeps while nobody needs it; behind one that is slow to say, all
 * are asked at once.
 */
export async function askEngines({ inference, edge }: Pick<Kit, "inference" | "edge">): Promise<Engines> {
  const chain = [...inference.endpoints, ...(edge?.endpoints ?? [])].map(asker);
  let missing = STYLES.map(({ id }) => id);
  const engines: Engine[] = [];
  for (const [at, ask] of chain.entries()) {
    const styles = missing;
    const others = chain.slice(at + 1);
    const slow = setTimeout(() => {
      for (const other of others) void other(styles);
    }, SLOW);
    const engine = await ask(styles);
    clearTimeout(slow);
    engines.push(engine);
    if (engine.state !== "unasked") missing = engine.state === "away" ? engine.missing : [];
  }
  return { engines, isWhole: engines.every(({ state }) => state !== "away"), missing };
}

/** Asks an endpoint about some styles, about each once. */
function asker(endpoint: Endpoint): (styles: readonly string[]) => Promise<Engine> {
  const { name } = endpoint;
  const asked = new Map<string, Promise<Unready | undefined>>();
  const whyNot = (style: string) => {
    const why = asked.get(style) ?? whyNotDrawn(style, endpoint);
    asked.set(style, why);
    return why;
  };
  return async (styles) => {
    if (styles.length === 0) return { name, state: "unasked" };
    const whys = await Promise.all(styles.map(whyNot));
    const reasons = whys.filter((why) => why !== undefined);
    // What keeps it from telling of a network says more than that another is not there.
    const reason = reasons.find((why) => why !== "missing") ?? reasons[0];
    if (reason === undefined) return { name, state: "ready" };
    return { name, state: "away", reason, missing: styles.filter((_, at) => whys[at] !== undefined) };
  };
}
