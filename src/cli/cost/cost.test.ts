import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../root.mjs";
import { readArguments } from "./arguments.ts";
import { type Bill, billOf, CONTAINER, imagesPerSecond, SERVICE } from "./bill.ts";
import { MACHINES, PRICES } from "./prices.ts";
import { tables } from "./report.ts";

const line = ({ lines }: Bill, name: string) => lines.find(([one]) => one === name)?.[1];
const asked = (text: string) => readArguments(text.split(" ").filter(Boolean));
const edge = { kind: "edge" } as const;

it("docs/production.md has the tables that npm run cost prints", async () => {
  const page = await readFile(join(ROOT, "docs/production.md"), "utf8");
  const [, printed] = /<!-- npm run -s cost -->\n\n([\s\S]*)\n\n<!-- end -->/.exec(page) ?? [];
  expect(printed).toBe(tables());
});

describe("a month's bill", () => {
  it("is the plan alone, where all else is included", () => {
    const { total } = billOf({ ...SERVICE, unique: 1000 }, edge);
    expect(total).toBe(5);
  });

  it("is each price by what is beyond the included", () => {
    const bill = billOf(
      { ...SERVICE, unique: 1e6, views: 20, variants: 2, masterDays: 30, variantDays: 30 },
      edge,
    );
    expect(line(bill, "Workers: requests")).toBeCloseTo((20 - 10) * 0.3);
    expect(line(bill, "Workers: CPU")).toBeCloseTo((300 + 150 + 18 * 4 + 300 - 30) * 0.02);
    expect(line(bill, "R2: operations")).toBeCloseTo((4 - 1) * 4.5 + (8 + 6 + 18 * 5 - 10) * 0.36);
    expect(line(bill, "R2: storage")).toBeCloseTo((1000 * (0.9 + 2 * 0.05) - 10) * 0.015);
  });

  it("grows with pictures, views and days", () => {
    const of = (change: object) => billOf({ ...SERVICE, unique: 1e6, ...change }, edge).total;
    for (const more of [
      { unique: 2e6 },
      { views: 30 },
      { variants: 3 },
      { masterDays: 60 },
      { jobs: 1 },
      { logs: 2 },
    ]) {
      expect([more, of(more) > of({})]).toEqual([more, true]);
    }
  });

  it("has as many machines as the busiest moment takes, and one at least", () => {
    const machine = MACHINES["lambda-a10"];
    const machines = (unique: number, peak: number) =>
      billOf({ ...SERVICE, unique, peak }, { kind: "machine", machine, imagesPerSecond: 10 }).machines;
    expect(machines(1000, 3)).toBe(1);
    expect(machines(10 * 30 * 24 * 3600, 1)).toBe(1);
    expect(machines(10 * 30 * 24 * 3600, 3)).toBe(3);
  });

  it("has a machine that sleeps cost by what it draws, and no more than one that never does", () => {
    const machine = MACHINES["modal-l4"];
    const networks = (unique: number, sleepAfter: number | undefined) =>
      line(
        billOf(
          { ...SERVICE, unique },
          { kind: "machine", machine: { ...machine, sleepAfter }, imagesPerSecond: 100 },
        ),
        "Networks",
      ) ?? 0;
    const always = networks(1000, undefined);
    expect(always).toBeCloseTo(720 * machine.hourly);
    // A thousand times a minute, but for what falls into one minute.
    expect(networks(1000, 60)).toBeCloseTo(((1000 * 60) / 3600) * machine.hourly, 0);
    expect(networks(1e7, 60)).toBeCloseTo(always, 0);
  });

  it("counts a container's memory while it is awake", () => {
    const bill = billOf({ ...SERVICE, unique: 1e8 }, { kind: "container", container: CONTAINER });
    const seconds = bill.machines * 30 * 24 * 3600;
    expect(line(bill, "Networks")).toBeGreaterThan(
      seconds * CONTAINER.memory * PRICES.containerMemory.each * 0.99,
    );
  });

  it("of GPUs is of those that a tenth of their peak suffices for", () => {
    expect(imagesPerSecond(MACHINES["modal-l4"])).toBeCloseTo(12.1e12 / 32.1e9, 0);
    expect(imagesPerSecond(MACHINES.vm)).toBeCloseTo(2 / 0.3);
  });
});

describe("the command line", () => {
  it("takes one's own numbers", () => {
    expect(
      asked("--unique 3e6 --views 8 --engine lambda-a10 --images-per-second 400 --hourly 1 --sleep-after 30"),
    ).toMatchObject({
      month: { unique: 3e6, views: 8, variants: SERVICE.variants },
      engine: { kind: "machine", imagesPerSecond: 400, machine: { hourly: 1, sleepAfter: 30, egress: 0 } },
    });
    expect(asked("")).toEqual({ kind: "tables" });
    expect(asked("--unique 5 --sleep-after 60")).toMatchObject({ engine: { container: { sleepAfter: 60 } } });
    expect(asked("--unique 5")).toMatchObject({ engine: { kind: "container", container: CONTAINER } });
  });

  it.each([
    "--unique x",
    "--unique -1",
    "--views 3",
    "--unique 1 --engine tpu",
    "--unique 1 --peak 0.5",
    "--nothing 1",
  ])("refuses %s", (text) => expect(() => asked(text)).toThrow());
});
