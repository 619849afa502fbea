import type { Command, Flags } from "../command.ts";
import { REMOTE, REMOTE_HELP, type Values } from "../flags.ts";
import type { Remote } from "../remote.ts";
import { answer } from "./answer.ts";

type Asking<Data> = Pick<Command, "name" | "summary"> & {
  /** What `--help` begins with. */
  about: string;
  /** What it takes, as `--help` calls it: one thing, or nothing. */
  takes?: string;
  /** Flags of its own, and what `--help` says of them. */
  own?: { flags: Flags; help: string };
  /** What `--help` ends with. */
  example?: string;
  ask: (
    stylegate: Remote["stylegate"],
    taken: string,
    values: Values,
  ) => Promise<{ data?: Data; error?: unknown; response: Response }>;
  tell: (data: Data, width: number, values: Values) => string;
};

/** A command that asks a service for one thing and prints it. */
export const asking = <Data>({
  name,
  summary,
  about,
  takes,
  own,
  example,
  ask,
  tell,
}: Asking<Data>): Command => ({
  name,
  summary,
  help: `${about}

  stylegate ${[name, takes, "[options]"].filter(Boolean).join(" ")}

${[own?.help, REMOTE_HELP, example && `  ${example}`].filter(Boolean).join("\n\n")}`,
  flags: { ...REMOTE, ...own?.flags },
  takes: takes === undefined ? [0, 0] : [1, 1],
  run: ({ values, names: [taken = ""] }, place) =>
    answer(
      values,
      place,
      (stylegate) => ask(stylegate, taken, values),
      (data, width) => tell(data, width, values),
    ),
});
