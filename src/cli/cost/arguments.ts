import { parseArgs } from "node:util";
import { Complaint, MISUSED } from "../complaint.mjs";
import { CONTAINER, type Engine, imagesPerSecond, type Month, SERVICE } from "./bill.ts";
import { MACHINES, type Machine } from "./prices.ts";

export const ENGINES = ["edge", "container", ...Object.keys(MACHINES)];

export const USAGE = `What a month of the service costs, in US dollars.

  npm run -s cost                       the tables of docs/production.md
  npm run -s cost -- --unique NUMBER [flag…]

  --unique NUMBER          pictures that are drawn, such as 1e6
  --views NUMBER           answers for each, from the Worker (${SERVICE.views})
  --variants NUMBER        sizes and formats asked for of each (${SERVICE.variants})
  --jobs SHARE             of them that are stylizations, 0 … 1 (${SERVICE.jobs})
  --master-days NUMBER     days that drawings are kept (${SERVICE.masterDays})
  --variant-days NUMBER    days that variants are (${SERVICE.variantDays})
  --peak NUMBER            the busiest moment against the mean (${SERVICE.peak})
  --logs NUMBER            lines in Cloudflare's logs a request (${SERVICE.logs})
  --engine NAME            ${ENGINES.join(", ")}
  --images-per-second N    what one machine draws, if you have measured it
  --hourly DOLLARS         what it costs
  --egress DOLLARS         a GB that leaves it
  --sleep-after SECONDS    idle, until it or the container is off; 0: never
`;

export type Asked = { kind: "help" } | { kind: "tables" } | { kind: "month"; month: Month; engine: Engine };

/** @throws Complaint */
export function readArguments(args: string[]): Asked {
  const values = parsed(args);
  if (values.help) return { kind: "help" };
  if (values.unique === undefined) {
    if (args.length > 0) throw new Complaint("--unique says how many pictures a month has.", MISUSED);
    return { kind: "tables" };
  }
  const number = (name: Named, otherwise: number, least = 0) =>
    numberOf(name, values[name], otherwise, least);
  const month = {
    unique: number("unique", 0),
    views: number("views", SERVICE.views),
    variants: number("variants", SERVICE.variants, 1),
    jobs: number("jobs", SERVICE.jobs),
    masterDays: number("master-days", SERVICE.masterDays),
    variantDays: number("variant-days", SERVICE.variantDays),
    peak: number("peak", SERVICE.peak, 1),
    logs: number("logs", SERVICE.logs),
  };
  return {
    kind: "month",
    month,
    engine: engineOf(values.engine ?? "container", number),
  };
}

const FLAGS = [
  ...["unique", "views", "variants", "jobs", "master-days", "variant-days", "peak", "logs"],
  ...["images-per-second", "hourly", "egress", "sleep-after"],
] as const;
type Named = (typeof FLAGS)[number];

function engineOf(name: string, number: (name: Named, otherwise: number) => number): Engine {
  if (name === "edge") return { kind: "edge" };
  if (name === "container") {
    return {
      kind: "container",
      container: { ...CONTAINER, sleepAfter: number("sleep-after", CONTAINER.sleepAfter ?? 0) || undefined },
    };
  }
  const machine: Machine | undefined = Object.entries(MACHINES).find(([key]) => key === name)?.[1];
  if (!machine) throw new Complaint(`--engine is one of ${ENGINES.join(", ")}, not "${name}".`, MISUSED);
  return {
    kind: "machine",
    imagesPerSecond: number("images-per-second", imagesPerSecond(machine)),
    machine: {
      ...machine,
      hourly: number("hourly", machine.hourly),
      egress: number("egress", machine.egress),
      sleepAfter: number("sleep-after", machine.sleepAfter ?? 0) || undefined,
    },
  };
}

function parsed(args: string[]) {
  const text = { type: "string" } as const;
  const options = Object.fromEntries([...FLAGS, "engine"].map((name) => [name, text]));
  try {
    const { values } = parseArgs({ args, options: { ...options, help: { type: "boolean" } } });
    return values as { help?: boolean; engine?: string } & Partial<Record<Named, string>>;
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : String(error), MISUSED);
  }
}

function numberOf(name: string, text: string | undefined, otherwise: number, least: number): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number >= least) return number;
  throw new Complaint(`--${name} takes a number from ${least}, not "${text}".`, MISUSED);
}
