/** What the queue does when more is asked for than its lanes can do, on a clock that the tests move. */
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../tests/support/manual-clock.ts";
import type { Priority } from "../../contract/oip.ts";
import { Queue, type QueueLimits } from "./queue.ts";
import type { Refusal } from "./refusal.ts";

/** Seconds that each run takes. */
const RUN = 1;
type Outcome = { name: string; priority: Priority; latency: number; refused?: Refusal };
type Wish = { priority?: Priority; timeout?: number | null; seconds?: number; model?: string };

class Service {
  readonly clock = new ManualClock();
  readonly queue: Queue;
  readonly outcomes: Outcome[] = [];

  constructor(limits: Partial<QueueLimits> = {}) {
    this.queue = new Queue({ lanes: 1, size: 16, target: 1.5, ...limits }, this.clock);
  }

  async ask(name: string, wish: Wish = {}): Promise<void> {
    const { priority = "interactive", timeout = null, seconds = RUN, model = "any" } = wish;
    const { clock, queue } = this;
    const since = clock.now();
    const job = () => new Promise<void>((resolve) => clock.after(seconds, resolve));
    const work = { model, elements: seconds * 1000 };
    const outcome = (refused?: Refusal): void => {
      this.outcomes.push({ name, priority, latency: clock.now() - since, ...(refused && { refused }) });
    };
    const { signal } = new AbortController();
    try {
      const ticket = queue.admit();
      try {
        await ticket.run(job, { work, priority, timeout, signal, onStart: () => {} });
      } finally {
        ticket.release();
      }
      outcome();
    } catch (error) {
      outcome(error as Refusal);
    }
  }

  /** As many as there are names, at once. */
  burst(names: string, wish?: Wish): void {
    for (const name of names) this.ask(name, wish);
  }

  /** So much times what the lanes can do, at random moments (a fixed seed), for so long. */
  async load(factor: number, seconds: number, wish?: Wish): Promise<void> {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647; // Park and Miller's generator
      return seed / 2_147_483_647;
    };
    for (let left = seconds; left > 0; ) {
      const gap = (-Math.log(random()) * RUN) / factor;
      await this.clock.pass(gap);
      this.ask("load", wish);
      left -= gap;
    }
  }

  get served(): string {
    return this.outcomes.flatMap(({ name, refused }) => (refused ? [] : [name])).join("");
  }

  get refused(): string[] {
    return this.outcomes.flatMap(({ name, refused }) => (refused ? [`${name} ${refused.reason}`] : []));
  }
}

const BURST = "abcdefghijklmnopq"; // one that runs and 16 that wait

/** One that has learnt how long a run takes. */
async function experienced(limits?: Partial<QueueLimits>): Promise<Service> {
  const service = new Service(limits);
  service.ask("-");
  await service.clock.pass(RUN);
  service.outcomes.length = 0;
  return service;
}

function percentile(values: number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

describe("a burst", () => {
  it("is let in up to the queue's size, and waits for as long as it takes", async () => {
    const service = await experienced();
    service.burst(BURST);
    await service.clock.pass(100);
    expect(service.served).toBe(BURST);
  });

  it("larger than that loses what is too much of it, and nothing else", async () => {
    const service = await experienced();
    service.burst(`${BURST}rs`);
    await service.clock.pass(100);
    expect(service.served).toBe(BURST);
    expect(service.refused).toEqual(["r full", "s full"]);
  });
});

describe("lasting overload", () => {
  it.each([1.5, 2, 4])(
    "of %d times what can be done keeps who is let in within three runs",
    async (factor) => {
      const service = await experienced();
      await service.load(factor, 100);
      service.outcomes.length = 0;
      await service.load(factor, 1000);
      const served = service.outcomes.filter(({ refused }) => !refused).map(({ latency }) => latency);
      expect(percentile(served, 0.99)).toBeLessThanOrEqual(3 * RUN);
      // What can be done is done, but for the moments in which nobody happens to wait.
      expect(served.length).toBeGreaterThan(0.9 * 1000);
    },
  );

  it.each([16, 8])("lets nobody wait, while it begins, for more than a full queue of %d", async (size) => {
    const service = await experienced({ size });
    await service.load(2, 40);
    const served = service.outcomes.filter(({ refused }) => !refused).map(({ latency }) => latency);
    expect(Math.max(...served)).toBeLessThanOrEqual((size + 1) * RUN + 1e-6);
    expect(Math.max(...served)).toBeGreaterThan(size / 2); // it is a burst for as long as nobody can know better
  });

  it("makes everybody wait for the whole queue where the target is off", async () => {
    const service = await experienced({ target: 0 });
    await service.load(2, 100);
    service.outcomes.length = 0;
    await service.load(2, 1000);
    const served = service.outcomes.filter(({ refused }) => !refused).map(({ latency }) => latency);
    expect(percentile(served, 0.5)).toBeGreaterThan(15 * RUN);
  });

  it("is over once the lanes were idle for as long as what was turned away would have taken", async () => {
    const service = await experienced();
    service.burst(`${BURST}rs`);
    expect(service.queue.overloaded("interactive")).toBe(true);
    await service.clock.pass(17 + 1.9);
    expect(service.queue.overloaded("interactive")).toBe(true);
    await service.clock.pass(0.2);
    expect(service.queue.overloaded("interactive")).toBe(false);
    service.burst(BURST);
    await service.clock.pass(100);
    expect(service.refused).toHaveLength(2);
  });

  it("takes no longer to get over when it lasted longer", async () => {
    const service = await experienced();
    await service.load(4, 1000);
    await service.clock.pass(3 + 17);
    expect(service.queue.overloaded("interactive")).toBe(false);
  });

  it("begins, at the latest, when waits have been long for as long as a full queue takes", async () => {
    const service = await experienced({ size: 4 });
    service.burst("abcde");
    // One comes for each that is done, so that the queue neither fills nor empties.
    for (const name of "fghij") {
      await service.clock.pass(1);
      service.ask(name);
      expect(service.queue.overloaded("interactive")).toBe(false);
    }
    await service.clock.pass(2.5);
    expect(service.queue.overloaded("interactive")).toBe(true);
  });

  it("does not begin at eight tenths of what can be done", async () => {
    const service = await experienced();
    await service.load(0.8, 2000);
    expect(service.refused.length).toBeLessThan(0.03 * service.outcomes.length);
  });

  it("of batch jobs alone delays an interactive burst by no more than the run that is under way", async () => {
    const service = await experienced();
    await service.load(3, 300, { priority: "batch" });
    expect(service.queue.overloaded("batch")).toBe(true);
    service.outcomes.length = 0;
    service.burst("abcdefgh");
    await service.clock.pass(9);
    const interactive = service.outcomes.filter(({ priority }) => priority === "interactive");
    expect(interactive.map(({ name }) => name).join("")).toBe("abcdefgh");
    expect(interactive.filter(({ refused }) => refused)).toEqual([]);
  });
});

describe("priorities", () => {
  it("run the interactive first, each kind in its order", async () => {
    const service = await experienced();
    service.burst("a");
    service.burst("xy", { priority: "batch" });
    service.burst("bc");
    await service.clock.pass(10);
    expect(service.served).toBe("abcxy");
  });

  it("give the place of the newest batch job to an interactive one when the queue is full", async () => {
    const service = await experienced({ size: 3 });
    service.burst("a");
    service.burst("xyz", { priority: "batch" });
    service.burst("bcde");
    await service.clock.pass(10);
    expect(service.refused.sort()).toEqual(["e full", "x evicted", "y evicted", "z evicted"]);
    expect(service.served).toBe("abcd");
  });

  it("give no batch job the place of another", async () => {
    const service = await experienced({ size: 1 });
    service.burst("axy", { priority: "batch" });
    await service.clock.pass(10);
    expect(service.refused).toEqual(["y full"]);
    expect(service.served).toBe("ax");
  });

  it("let a batch job wait longer under overload than an interactive one", async () => {
    const service = await experienced({ size: 2 });
    service.burst("abcd"); // "d" is too many
    await service.clock.pass(2.5); // "c" runs
    service.ask("e", { seconds: 3 });
    await service.clock.pass(1); // "e" runs
    service.ask("x", { priority: "batch" });
    service.ask("f");
    await service.clock.pass(20);
    expect(service.refused).toEqual(["d full", "f overload"]);
    expect(service.served).toBe("abcex");
  });
});

describe("a request's own timeout", () => {
  it("refuses at once whoever would be answered later, and says when to come back", async () => {
    const service = await experienced();
    service.burst("abc");
    service.ask("d", { timeout: 3.9 }); // three before it, and its own run
    await service.clock.pass(0);
    expect(service.refused).toEqual(["d hopeless"]);
    // Three runs before it, and its own that is owed.
    expect(service.outcomes[0]?.refused?.retryAfter).toBe(4);
    await service.clock.pass(10);
    expect(service.served).toBe("abc");
  });

  it("knows that batch jobs do not delay an interactive one", async () => {
    const service = await experienced();
    service.ask("a");
    service.burst("xy", { priority: "batch" });
    service.ask("b", { timeout: 2.5 });
    service.ask("z", { priority: "batch", timeout: 2.5 });
    await service.clock.pass(10);
    expect([service.served, service.refused]).toEqual(["abxy", ["z hopeless"]]);
  });

  it("ends the waiting where a run took longer than those before it", async () => {
    const service = await experienced();
    service.ask("a", { seconds: RUN, model: "any" });
    await service.clock.pass(0);
    service.ask("b", { seconds: 5, model: "new" }); // expected to take one second, as any
    service.ask("c", { timeout: 3.5 });
    await service.clock.pass(20);
    expect([service.served, service.refused]).toEqual(["ab", ["c timeout"]]);
  });

  it("sends away at its turn whoever would be answered too late by now, and gives the turn to the next", async () => {
    const service = await experienced();
    service.ask("a", { seconds: RUN, model: "any" });
    await service.clock.pass(0);
    service.ask("b", { seconds: 2, model: "new" }); // expected to take one second, as any
    service.ask("c", { timeout: 3.5 });
    service.ask("d");
    await service.clock.pass(20);
    expect([service.served, service.refused]).toEqual(["abd", ["c hopeless"]]);
  });

  it("too short for what runs are thought to take is tried on a free lane, so that they are known again", async () => {
    const service = await experienced();
    service.ask("a", { seconds: 0.1, timeout: 0.05 });
    await service.clock.pass(1);
    expect(service.served).toBe("a");
  });

  it("too short for one run is no sign of overload", async () => {
    const service = await experienced();
    service.ask("a");
    service.ask("b", { timeout: 0.5 });
    await service.clock.pass(0);
    expect([service.refused, service.queue.overloaded("interactive")]).toEqual([["b hopeless"], false]);
  });
});
