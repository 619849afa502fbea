import { bindings } from "./ask.ts";

/** What the edge engine does with pictures of this size from now on; before that, it says that it is busy. */
export async function edgeEngineDoes(
  size: string,
  behaviour: "paint" | "wrong" | "hang" | `status ${number}`,
): Promise<void> {
  await (await engine().fetch(urlOf(size), { method: "PUT", body: behaviour })).text();
}

/** How often it was asked for pictures of this size. */
export const askedAtTheEdge = async (size: string): Promise<number> =>
  Number(await (await engine().fetch(urlOf(size))).text());

const urlOf = (size: string) => `http://edge/pictures/${size}`;

function engine(): Fetcher {
  if (!bindings.EDGE_INFERENCE) throw new Error("vitest.config.ts binds no EDGE_INFERENCE");
  return bindings.EDGE_INFERENCE;
}
