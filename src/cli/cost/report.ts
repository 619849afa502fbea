import { markdown } from "../markdown.ts";
import { type Bill, billOf, CONTAINER, type Engine, imagesPerSecond, type Month, SERVICE } from "./bill.ts";
import { MACHINES, type Machine } from "./prices.ts";

const VOLUMES: [string, number][] = [
  ["1,000", 1e3],
  ["1 M", 1e6],
  ["100 M", 1e8],
];

const ENGINES: [string, Engine][] = [
  ["the edge alone, at 384 pixels", { kind: "edge" }],
  ["the embedded server in Cloudflare's containers", { kind: "container", container: CONTAINER }],
  ...Object.values(MACHINES).map((machine): [string, Engine] => [
    machine.name,
    { kind: "machine", machine, imagesPerSecond: imagesPerSecond(machine) },
  ]),
];

/** The aim, for 1,000 pictures that are answered once each. */
const AIM = 0.05;

/** The tables of docs/production.md, in Markdown. */
export function tables(): string {
  return [
    "Dollars a month, and in brackets for 1,000 pictures, each of which is answered once; and from how many a month on that is $0.05 or less:",
    volumes({ views: 1, variants: 1 }, true),
    `The same where each is answered ${SERVICE.views} times, in ${SERVICE.variants} sizes or formats:`,
    volumes({}, false),
    `What that is made of on ${machinesOf()}:`,
    split(),
  ].join("\n\n");
}

function volumes(of: Partial<Month>, tellsFrom: boolean): string {
  const rows = ENGINES.map(([name, engine]) => [
    name,
    ...VOLUMES.map(([, unique]) => {
      const { total } = billOf({ ...SERVICE, ...of, unique }, engine);
      return `${dollars(total)} (${perThousand(total, unique)})`;
    }),
    ...(tellsFrom ? [from({ ...SERVICE, ...of }, engine)] : []),
  ]);
  return markdown(
    ["pictures a month", ...VOLUMES.map(([name]) => name), ...(tellsFrom ? ["$0.05 from"] : [])],
    rows,
  );
}

/** The least of 10,000, 20,000 … pictures a month at which the aim is met. */
function from(month: Omit<Month, "unique">, engine: Engine): string {
  for (let power = 4; power < 9; power++) {
    for (let first = 1; first < 10; first++) {
      const unique = first * 10 ** power;
      if (billOf({ ...month, unique }, engine).total / unique <= AIM / 1000)
        return unique.toLocaleString("en-US");
    }
  }
  return "–";
}

const SPLIT: Machine = MACHINES.vm;
const bills = () =>
  VOLUMES.map(([, unique]) =>
    billOf(
      { ...SERVICE, unique },
      { kind: "machine", machine: SPLIT, imagesPerSecond: imagesPerSecond(SPLIT) },
    ),
  );
const machinesOf = () => {
  const counts = bills().map(({ machines }) => machines);
  return `${SPLIT.name.replace("a rented machine", "rented machines")}, ${counts.slice(0, -1).join(", ")} and ${counts.at(-1)} of them`;
};

function split(): string {
  const all = bills();
  const names = all[0]?.lines.map(([name]) => name) ?? [];
  const rows = names.map((name, at) => [name, ...all.map(({ lines }) => dollars(lines[at]?.[1] ?? 0))]);
  return markdown(["", ...VOLUMES.map(([name]) => name)], rows);
}

/** One month, line by line. */
export function report({ unique }: Month, { lines, total, machines }: Bill): string {
  const named = [...lines, ["in all", total] as const];
  const width = Math.max(...named.map(([name]) => name.length));
  const text = named
    .map(([name, amount]) => `${name.padEnd(width)}  ${dollars(amount).padStart(12)}\n`)
    .join("");
  return `${text}${"for 1,000 pictures".padEnd(width)}  ${perThousand(total, unique).padStart(12)}\n${
    machines > 0 ? `machines at the busiest moment: ${machines}\n` : ""
  }`;
}

const dollars = (amount: number) =>
  `$${amount.toLocaleString("en-US", { minimumFractionDigits: amount < 100 ? 2 : 0, maximumFractionDigits: amount < 100 ? 2 : 0 })}`;

const perThousand = (total: number, unique: number) =>
  unique === 0 ? "–" : `$${((total / unique) * 1000).toFixed(total / unique < 0.001 ? 3 : 2)}`;
