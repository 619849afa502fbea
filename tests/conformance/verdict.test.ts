import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, serve } from "../../src/inference/fixtures/serve.ts";
import type { Group } from "./check.ts";
import { GROUPS } from "./checks/index.ts";
import { findEndpoint } from "./find.ts";
import { type Lie, startLiar, type Told } from "./liar.ts";
import { judge, type Verdict } from "./verdict.ts";

let honest: Served;
beforeAll(async () => {
  honest = await serve();
});
afterAll(() => honest.close());

const checksNamed = (name: string): Group[] =>
  GROUPS.map((group) => ({ ...group, checks: group.checks.filter((check) => check.name === name) }));

async function verdictsOn(lie: Lie, groups: readonly Group[] = GROUPS): Promise<Verdict[]> {
  const liar = await startLiar(honest.url, lie);
  try {
    const verdicts: Verdict[] = [];
    const endpoint = await findEndpoint(liar.url, "invert", {});
    for await (const { verdict } of judge(endpoint, groups)) verdicts.push(verdict);
    return verdicts;
  } finally {
    await liar.stop();
  }
}

/** What the fixture's configuration, whose batches have 4 pictures at most, fails by itself. */
const OF_THE_FIXTURE = ["takes 8 pictures in one batch"];

/** The fixture's network draws as fast as it is asked, so that there may be no line to come first in; embedded.test.ts has one that does not. */
const NEEDS_A_LINE = "draws what a person waits for before what nobody does";

const named = (verdicts: Verdict[], kind: Verdict["kind"]) =>
  verdicts.filter((verdict) => verdict.kind === kind).map(({ check }) => check.name);

const failed = (verdicts: Verdict[]) => named(verdicts, "failed").filter((name) => name !== NEEDS_A_LINE);

const isInference = (path: string) => path.endsWith("/infer");
const text = (told: Told) => new TextDecoder().decode(told.bytes);
const changed = (told: Told, from: string | RegExp, to: string): Told => ({
  ...told,
  bytes: new TextEncoder().encode(text(told).replace(from, to)),
});
const isJson = ({ headers }: Told) => headers["content-type"] === "application/json";

/** Answers with what another asked for, where two asked at once. */
function mixing(): Lie {
  let last: Told | undefined;
  return (path, asked, told) => {
    if (!isInference(path) || asked.length < 1000) return told;
    const other = last ?? told;
    last = told;
    return other;
  };
}

describe("the checks", () => {
  it("fail nothing of what an honest server does", async () => {
    expect(failed(await verdictsOn((_, __, told) => told))).toEqual(OF_THE_FIXTURE);
  });

  it.each<[string, () => Lie, string]>([
    ["gives one picture for another", mixing, "draws pictures of any shape, each as large as it came"],
    [
      "says that every model is ready",
      () => (path, _, told) => (path.endsWith("/ready") ? { ...told, status: 200 } : told),
      "does not say that an unknown model is ready",
    ],
    [
      "forgets the request's id",
      () => (_, __, told) => (isJson(told) ? changed(told, '"id":"a-7",', "") : told),
      "returns the request's id",
    ],
    [
      "answers an error as a success",
      () => (_, __, told) => ({ ...told, status: 200 }),
      "refuses a shape of too few dimensions",
    ],
    [
      "asks to come again for what is wrong",
      () => (_, __, told) => (told.status === 400 ? { ...told, status: 503 } : told),
      "refuses an input of another name",
    ],
    [
      "claims another shape",
      () => (_, __, told) => (isJson(told) ? changed(told, "[1,33,40,3]", "[1,40,33,3]") : told),
      "takes and gives JSON, with the same result",
    ],
    [
      "miscounts its header",
      () => (_, __, told) => {
        const name = "inference-header-content-length";
        const length = Number(told.headers[name]);
        return length > 0 ? { ...told, headers: { ...told.headers, [name]: `${length + 1}` } } : told;
      },
      "draws a picture sent as binary data",
    ],
    [
      "chokes on parameters",
      () => (path, asked, told) =>
        isInference(path) && new TextDecoder().decode(asked).includes('"priority"')
          ? { ...told, status: 500 }
          : told,
      "takes a priority and a timeout, whether it heeds them or not",
    ],
    [
      "loses the second picture of a batch",
      () => (_, __, told) => {
        const half = told.bytes.slice();
        if (half.length > 3 * 33 * 40 * 3) half.fill(0, half.length - 33 * 40 * 3);
        return isJson(told) ? told : { ...told, bytes: half };
      },
      "draws a batch as the pictures that it is made of",
    ],
  ])("find one that %s", async (_, lie, check) => {
    expect(named(await verdictsOn(lie()), "failed")).toContain(check);
  });

  it("wait for who is busy with what came before", async () => {
    let busy = 2;
    const isSmall = (asked: Uint8Array) => asked.length < 10_000;
    const verdicts = await verdictsOn(
      (path, asked, told) =>
        isInference(path) && isSmall(asked) && busy-- > 0
          ? { ...told, status: 503, headers: { "retry-after": "1" } }
          : told,
      checksNamed("goes on drawing when a client leaves in the middle of a run"),
    );
    expect(verdicts).toMatchObject([{ kind: "passed" }]);
    expect(busy).toBeLessThan(0);
  });

  it("send the headers with a request that they write themselves, too", async () => {
    const name = "goes on drawing when a client leaves in the middle of its request";
    const keyed = await serve({ endpointKey: "5f2b9cd0" });
    try {
      const heads: string[] = [];
      const door = createServer((client) => {
        const server = connect(Number(new URL(keyed.url).port), "127.0.0.1");
        client.once("data", (bytes) => heads.push(bytes.toString("latin1")));
        client.pipe(server).pipe(client);
        for (const end of [client, server]) end.on("error", () => {});
      });
      door.listen(0, "127.0.0.1");
      await once(door, "listening");
      const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
      const endpoint = await findEndpoint(url, "invert", { authorization: "Bearer 5f2b9cd0" });
      heads.length = 0;
      const verdicts: Verdict[] = [];
      for await (const { verdict } of judge(endpoint, checksNamed(name))) verdicts.push(verdict);
      door.close();
      expect(verdicts).toMatchObject([{ kind: "passed" }]);
      expect(heads.length).toBeGreaterThan(0);
      for (const head of heads) expect(head).toMatch(/\r\nauthorization: Bearer 5f2b9cd0\r\n/i);
    } finally {
      await keyed.close();
    }
  });

  it("only tell what a server does otherwise that nobody needs", async () => {
    const verdicts = await verdictsOn((path, _, told) =>
      path.startsWith("/v2/health/") ? { ...told, bytes: new Uint8Array() } : told,
    );
    expect(named(verdicts, "differs")).toContain("and in the body of /v2/health/live");
    expect(failed(verdicts)).toEqual(OF_THE_FIXTURE);
  });
});
