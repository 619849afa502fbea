import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Queue, type Ticket } from "./queue.ts";

/** A job that runs until it is told to end. */
function controlled(): { job: () => Promise<string>; started: Promise<void>; end: () => void } {
  const start = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<string>();
  const job = (): Promise<string> => {
    start.resolve();
    return finish.promise;
  };
  return { job, started: start.promise, end: () => finish.resolve("done") };
}

const bounded = (lanes: number, size: number): Queue => new Queue({ lanes, size, target: 0 });
const options = (signal = new AbortController().signal, timeout: number | null = null) => ({
  work: { model: "any", elements: 1 },
  priority: "interactive" as const,
  signal,
  timeout,
  onStart: () => {},
});
const submit = <T>(ticket: Ticket, job: () => Promise<T>, ...rest: Parameters<typeof options>): Promise<T> =>
  ticket.run(job, options(...rest)).finally(() => ticket.release());

describe("the bounded queue", () => {
  it("refuses with 503 once as many are in it as may run and wait, and takes more when one is done", async () => {
    const queue = bounded(1, 1);
    const first = controlled();
    const running = submit(queue.admit(), first.job);
    const waiting = submit(queue.admit(), async () => "second");
    expect([queue.running(), queue.waiting()]).toEqual([1, 1]);
    expect(() => queue.admit()).toThrowError(expect.objectContaining({ status: 503 }));
    first.end();
    expect(await Promise.all([running, waiting])).toEqual(["done", "second"]);
    expect([queue.running(), queue.waiting()]).toEqual([0, 0]);
    queue.admit().release();
  });

  it("counts a place that is held before its job exists, and gives it up once, however often it is told", () => {
    const queue = bounded(1, 0);
    const ticket = queue.admit();
    expect(() => queue.admit()).toThrowError();
    ticket.release();
    ticket.release();
    const next = queue.admit();
    expect(() => queue.admit()).toThrowError();
    next.release();
  });

  it("never runs a job whose caller left while it waited", async () => {
    const queue = bounded(1, 2);
    const first = controlled();
    const running = submit(queue.admit(), first.job);
    const caller = new AbortController();
    let ran = false;
    const dropped = submit(queue.admit(), async () => (ran = true), caller.signal);
    caller.abort();
    await expect(dropped).rejects.toMatchObject({ status: 499 });
    expect(queue.waiting()).toBe(0);
    first.end();
    await running;
    expect(ran).toBe(false);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])(
    "either runs or drops a job whose caller leaves %i turns after its own came, and always runs the next",
    async (turns) => {
      const queue = bounded(1, 2);
      const first = controlled();
      const caller = new AbortController();
      const running = submit(queue.admit(), first.job);
      let ran = false;
      const job = async (): Promise<string> => {
        ran = true;
        return "ran";
      };
      const torn = submit(queue.admit(), job, caller.signal).catch(({ status }) => status);
      const next = submit(queue.admit(), async () => "next");
      first.end();
      for (let i = 0; i < turns; i++) await Promise.resolve();
      caller.abort();
      expect(await torn).toBe(ran ? "ran" : 499);
      expect(await next).toBe("next");
      expect(await running).toBe("done");
      expect([queue.running(), queue.waiting()]).toEqual([0, 0]);
    },
  );

  it("refuses with 503 a job that waits longer than its timeout, and lets the running one be", async () => {
    const queue = bounded(1, 1);
    const first = controlled();
    const running = submit(queue.admit(), first.job);
    const late = submit(queue.admit(), async () => "late", undefined, 0.001);
    await expect(late).rejects.toMatchObject({ status: 503 });
    first.end();
    expect(await running).toBe("done");
  });

  it("goes on after a job that failed", async () => {
    const queue = bounded(1, 1);
    const failing = submit(queue.admit(), () => Promise.reject(new Error("broken")));
    const next = submit(queue.admit(), async () => "next");
    await expect(failing).rejects.toThrowError("broken");
    expect(await next).toBe("next");
  });

  it("keeps the order, one job a lane at a time, for any number of lanes and jobs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(3), { maxLength: 20 }),
        async (lanes, jobs) => {
          const queue = bounded(lanes, jobs.length);
          const busy = new Set<number>();
          const order: number[] = [];
          const all = jobs.map((turns, index) =>
            queue.admit().run(async (lane) => {
              expect(busy.has(lane)).toBe(false);
              busy.add(lane);
              order.push(index);
              for (let i = 0; i < turns; i++) await Promise.resolve();
              busy.delete(lane);
            }, options()),
          );
          await Promise.all(all);
          expect(order).toEqual(jobs.map((_, index) => index));
        },
      ),
    );
  });
});
