import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { INFERENCE_HOST } from "../../../tests/support/hosts.ts";
import { bindings } from "../../../tests/support/workerd/ask.ts";
import { ASYNC, deliver, HOST, jobOf, of, post } from "../../../tests/support/workerd/stylizations.ts";
import { parseConfig } from "../config.ts";
import { draw } from "./draw.ts";

beforeEach(reset);
afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

let seed = 7_600;
const request = (outputs: object[] = [{ style: "toon", width: 64 }]) => ({
  source: `${HOST}/png?seed=${++seed}`,
  outputs,
});

/** An endpoint of a test's own, and the log of what it was asked. */
const endpoint = (name: string) => ({ INFERENCE_URL: `http://${INFERENCE_HOST}/painter/${name}` });

type Asked = { method: string; url: string; parameters?: { priority: number } };

const logOf = async (name: string) => (await (await fetch(`${HOST}/log/${name}`)).json()) as Asked[];

/** The priorities of the questions to the networks that draw, as the endpoint was told them. */
async function prioritiesAt(name: string): Promise<(number | undefined)[]> {
  const asked = (await logOf(name)).filter(({ method, url }) => method === "POST" && url.includes("/ttn_"));
  return asked.map(({ parameters }) => parameters?.priority);
}

it("what is drawn while whoever asked waits comes first, and what the queue draws after that", async () => {
  const waited = await of(await post(request(), {}, endpoint("waited")));
  expect([waited.status, await prioritiesAt("waited")]).toEqual(["succeeded", [1]]);
  const { id } = await of(await post(request(), ASYNC, endpoint("queued")));
  await deliver(id, endpoint("queued"));
  expect(await prioritiesAt("queued")).toEqual([2]);
});

it("an output that is begun once nobody waits any more is drawn as the queue's", async () => {
  const outputs = [{ style: "toon" }, { style: "handdrawn" }];
  const { id } = await of(await post(request(outputs), ASYNC, endpoint("late")));
  const parsed = parseConfig({ ...bindings, ...endpoint("late") });
  const claim = await jobOf(id).claim();
  if (!parsed.ok || !claim) throw new Error("nothing to draw");
  let awaitedUntil = Number.POSITIVE_INFINITY;
  await draw(claim, {
    ...{ env: { ...bindings, ...endpoint("late") }, config: parsed.config },
    waitUntil: (work) => void work.then(() => {}),
    /** Whoever waits is gone once the first output was begun. */
    get awaitedUntil() {
      const until = awaitedUntil;
      awaitedUntil = 0;
      return until;
    },
  });
  expect(await prioritiesAt("late")).toEqual([1, 2]);
});

it("two who wait for the same picture at once have it drawn once", async () => {
  const asked = request();
  const both = await Promise.all([asked, asked].map((one) => post(one, {}, endpoint("both"))));
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(await prioritiesAt("both")).toEqual([1]);
});

it("who waits for a picture does not wait for the queue, which has the same one drawn", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const asked = request();
  const hanging = { INFERENCE_URL: "http://network.example.com/hang/priority", INFERENCE_TIMEOUT: "5" };
  const { id } = await of(await post(asked, ASYNC, hanging));
  let isOver = false;
  const drawing = deliver(id, hanging).finally(() => {
    isOver = true;
  });
  await expect.poll(() => logOf("priority")).not.toEqual([]);
  const waited = await of(await post(asked, {}, endpoint("beside")));
  expect([waited.status, isOver]).toEqual(["succeeded", false]);
  await drawing;
});
