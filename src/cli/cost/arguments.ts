import { choiceOf, misused, numberOf, readCommandLine } from "../command-line.mjs";
import { CONTAINER, type Engine, imagesPerSecond, type Month, SERVICE } from "./bill.ts";
import { MACHINES, type Machine } from "./prices.ts";

export const ENGINES = [
  "edge" as const,
  "container" as const,
  ...(Object.keys(MACHINES) as (keyof typeof MACHINES)[]),
];

/** Without --engine. */
const ENGINE = "container";

/** Of anything: more than the world has pictures, and dollars. */
const MOST = 1e12;

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
  --engine NAME            one of those below (${ENGINE})

Engines: ${ENGINES.join(", ")}.
Of machines, which are all but the first two:

  --images-per-second N    what one draws, if you have measured it
  --hourly DOLLARS         what it costs
  --egress DOLLARS         a GB that leaves it
  --sleep-after SECONDS    idle, until it is off; 0: never. Also of the container
`;

export type Asked = { kind: "help" } | { kind: "tables" } | { kind: "month"; month: Month; engine: Engine };

/** @throws Complaint */
export function readArguments(args: string[]): Asked {
  const values = parsed(args);
  if (values.help) return { kind: "help" };
  if (values.unique === undefined) {
    if (args.length > 0) throw misused("--unique NUMBER says how many pictures a month has: it is missing.");
    return { kind: "tables" };
  }
  const number = (name: Named, otherwise: number, least = 0, most = MOST) => {
    const text = values[name];
    return text === undefined ? otherwise : numberOf(`--${name}`, text, { least, most, isWhole: false });
  };
  const month = {
    unique: number("unique", 0),
    views: number("views", SERVICE.views),
    variants: number("variants", SERVICE.variants, 1),
    jobs: number("jobs", SERVICE.jobs, 0, 1),
    masterDays: number("master-days", SERVICE.masterDays),
    variantDays: number("variant-days", SERVICE.variantDays),
    peak: number("peak", SERVICE.peak, 1),
    logs: number("logs", SERVICE.logs),
  };
  return {
    kind: "month",
    month,
    engine: engineOf(values, number),
  };
}

const OF_MACHINES = ["images-per-second", "hourly", "egress", "sleep-after"] as const;
const FLAGS = [
  ...(["unique", "views", "variants", "jobs", "master-days", "variant-days", "peak", "logs"] as const),
  ...OF_MACHINES,
];
type Named = (typeof FLAGS)[number];

/** What says nothing of the engine is refused: a bill without it would pass for one with it. */
function engineOf(values: Given, number: (name: Named, otherwise: number, least?: number) => number): Engine {
  const name = choiceOf("--engine", values.engine ?? ENGINE, ENGINES);
  const heeded: readonly Named[] =
    name === "edge" ? [] : name === "container" ? ["sleep-after"] : OF_MACHINES;
  const ignored = OF_MACHINES.find((flag) => values[flag] !== undefined && !heeded.includes(flag));
  if (ignored !== undefined)
    throw misused(
      `--${ignored} is of machines, and means nothing for ${name}${values.engine === undefined ? ", which counts without --engine" : ""}: --engine names a machine.`,
    );
  if (name === "edge") return { kind: "edge" };
  if (name === "container") {
    return {
      kind: "container",
      container: { ...CONTAINER, sleepAfter: number("sleep-after", CONTAINER.sleepAfter ?? 0) || undefined },
    };
  }
  const machine: Machine = MACHINES[name];
  return {
    kind: "machine",
    imagesPerSecond: number("images-per-second", imagesPerSecond(machine), 0.001),
    machine: {
      ...machine,
      hourly: number("hourly", machine.hourly),
      egress: number("egress", machine.egress),
      sleepAfter: number("sleep-after", machine.sleepAfter ?? 0) || undefined,
    },
  };
}

type Given = { help?: boolean; engine?: string } & Partial<Record<Named, string>>;

function parsed(args: string[]): Given {
  const text = { type: "string" } as const;
  const options = Object.fromEntries([...FLAGS, "engine"].map((name) => [name, text]));
  const { values } = readCommandLine(args, { usage: USAGE, options });
  return values as Given;
}
