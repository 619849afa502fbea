import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HANGING } from "./drill/faulty-endpoint.ts";
import type { Answer } from "./drill/load.ts";
import { askAgain, PHASES, type Played, play } from "./drill/phases.ts";
import { type Scene, setScene } from "./drill/scene.ts";

// The drill, in short: `npm run drill` prints how it went. Every phase is over when what was asked for in it is answered.

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const LOAD = { requests: 8, every: 250 };

let scene: Scene;

beforeAll(async () => {
  scene = await setScene();
});

afterAll(() => scene?.stop());

const byEngine = ({ answers }: Played, engine: string) =>
  answers.filter((answer) => answer.engine === engine);
const all = (played: readonly Played[]): Answer[] => played.flatMap(({ answers }) => answers);

describe("under steady load, with endpoints that are killed, slow, hang, lie and come back,", () => {
  let played: Played[];
  const named = (name: string) => played.filter(({ phase }) => phase.name.trim() === name);

  beforeAll(async () => {
    played = [];
    for (const phase of PHASES) played.push(await play(phase, scene, LOAD));
  });

  it("no request is without its picture", () => {
    expect(all(played).filter(({ status }) => status !== 200)).toEqual([]);
  });

  it("an endpoint draws whenever one can, and the edge only until one is known to be back, which it says", () => {
    for (const one of played)
      expect(one.answers.filter(({ isMarked }) => isMarked)).toEqual(byEngine(one, "edge"));
    const drawnAtTheEdge = played.map((one) => byEngine(one, "edge"));
    const [gone, back] = drawnAtTheEdge.splice(-2);
    expect(drawnAtTheEdge.flat()).toEqual([]);
    expect(gone).toHaveLength(LOAD.requests);
    const knownBack = Math.min(...byEngine(played.at(-1) as Played, "first").map(({ at }) => at));
    expect(back?.filter(({ at, duration }) => at - duration > knownBack)).toEqual([]);
  });

  it("the second draws what the first does not", () => {
    for (const name of ["first killed", "first slow", "first lies"]) {
      for (const one of named(name)) expect(byEngine(one, "second")).toHaveLength(one.answers.length);
    }
  });

  it("the second draws what hangs at the first, which draws on with its other network", () => {
    const [hanging] = named("one network hangs");
    const ofNetwork = ({ path }: Answer) => path.includes(`style=${HANGING}`);
    const [hung, others] = [true, false].map((isHung) =>
      (hanging?.answers ?? []).filter((answer) => ofNetwork(answer) === isHung).map(({ engine }) => engine),
    );
    expect(hung).toEqual(Array(LOAD.requests / 2).fill("second"));
    expect(others).toContain("first");
  });

  it("the first draws again each time that it is back", () => {
    for (const one of named("back")) expect(one.recovery).toBeDefined();
  });

  it("what the edge drew is replaced by an endpoint's once all is well", async () => {
    const again = await askAgain(all(played), scene, LOAD);
    expect(again.length).toBeGreaterThanOrEqual(LOAD.requests);
    expect(again.map(({ status, isMarked, engine }) => [status, isMarked, engine])).toEqual(
      again.map(() => [200, false, "first"]),
    );
  });
});
