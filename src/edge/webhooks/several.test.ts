import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
  announcement,
  type Bench,
  on,
  type Sent,
  START,
  status,
} from "../../../tests/support/workerd/webhook-bench.ts";
import { Outbox } from "./outbox.ts";

beforeEach(() => reset());

describe("several webhooks", () => {
  /** An endpoint whose requests end when a test says so. */
  function held(bench: Bench, isHeld: (request: Sent) => boolean = () => true) {
    const waiting: (() => void)[] = [];
    bench.endpoint = (request) =>
      isHeld(request)
        ? new Promise((resolve) => waiting.push(() => resolve(status(200))))
        : Promise.resolve(status(200));
    const answer = () => {
      for (const end of waiting.splice(0)) end();
    };
    /** Ends those that wait, until so many were sent. */
    return async (count: number) => {
      while (bench.requests.length < count) {
        const before = bench.requests.length;
        answer();
        await expect.poll(() => bench.requests.length).toBeGreaterThan(before);
      }
      answer();
    };
  }

  const hosts = (bench: Bench) => bench.requests.map(({ url }) => new URL(url).hostname[0]).join("");
  const to = (name: string) => ({ url: `https://${name}.example.com/` });

  it("are under way at once, six at most, three of them to one host", () =>
    on("slots", async (bench) => {
      const answerUntil = held(bench);
      for (const name of ["a", "a", "a", "a", "b", "b", "b", "b", "c"]) await bench.announce(to(name));
      const ringing = bench.ring();
      await expect.poll(() => bench.requests).toHaveLength(6);
      // A host to which nothing is under way comes first.
      expect(hosts(bench)).toBe("abcaab");
      await answerUntil(9);
      await ringing;
      expect(await bench.list({ state: "delivered" })).toHaveLength(9);
    }));

  it("do not wait for a slow endpoint, nor do those that come meanwhile", () =>
    on("slow", async (bench) => {
      const answerUntil = held(bench, ({ url }) => url.startsWith("https://slow"));
      for (let count = 0; count < 20; count++) await bench.announce(to("slow"));
      for (let count = 0; count < 20; count++) await bench.announce(to("quick"));
      const ringing = bench.ring();
      await expect.poll(() => bench.list({ state: "delivered" })).toHaveLength(20);
      expect(hosts(bench).replaceAll("q", "")).toBe("sss");
      await bench.announce(to("late"));
      await expect.poll(() => bench.list({ state: "delivered" })).toHaveLength(21);
      await answerUntil(41);
      await ringing;
      expect(await bench.list({ state: "delivered" })).toHaveLength(41);
    }));

  it("are listed a hundred at a time, none twice and none left out", () =>
    on("pages", async (bench) => {
      for (let count = 0; count < 250; count++) await bench.announce();
      const found: string[] = [];
      let before: number | undefined;
      for (let pages = 0; pages < 3; pages++) {
        const page = await bench.list(before === undefined ? {} : { before });
        found.push(...page.map(({ stylization }) => stylization));
        before = Date.parse(page.at(-1)?.createdAt ?? "");
      }
      expect(found).toHaveLength(250);
      expect(found).toEqual([...new Set(found)].sort().reverse());
      expect(await bench.list(before === undefined ? {} : { before })).toEqual([]);
    }));

  it("are no more than so many: the oldest that wait become dead letters, of the others the oldest go", () =>
    on("many", async (bench) => {
      bench.endpoint = () => status(500);
      const outbox = new Outbox(bench.state.storage.sql);
      for (let count = 1; count <= 5; count++) outbox.add(`msg_${count}`, announcement(), START + count);
      outbox.limit(START + 10, 3);
      const states = () => outbox.list({}).map(({ id, state }) => `${id} ${state}`);
      expect(states()).toEqual([
        "msg_5 pending",
        "msg_4 pending",
        "msg_3 pending",
        "msg_2 dead",
        "msg_1 dead",
      ]);
      expect(outbox.list({ state: "dead" })[0]?.lastError).toBe("More than 3 newer ones are waiting.");
      outbox.limit(START + 20, 1);
      expect(states().filter((state) => state.endsWith("pending"))).toEqual(["msg_5 pending"]);
      expect(states()).toHaveLength(2);
    }));
});
