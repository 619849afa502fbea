import type { Command } from "../command.ts";
import { REMOTE, REMOTE_HELP } from "../flags.ts";
import type { Remote } from "../remote.ts";
import { answer } from "./answer.ts";

type Asking<Data> = Pick<Command, "name" | "summary"> & {
  /** What `--help` begins with. */
  about: string;
  /** What it takes, as `--help` calls it: one thing, or nothing. */
  takes?: string;
  ask: (
    stylegate: Remote["stylegate"],
    taken: string,
  ) => Promise<{ data?: Data; error?: unknown; response: Response }>;
  tell: (data: Data, width: number, taken: string) => string;
};

/** A command without flags of its own, that asks a service for one thing and prints it. */
export const asking = <Data>({ name, summary, about, takes, ask, tell }: Asking<Data>): Command => ({
  name,
  summary,
  help: `${about}

  stylegate ${[name, takes, "[options]"].filter(Boolean).join(" ")}

${REMOTE_HELP}`,
  flags: REMOTE,
  takes: takes === undefined ? [0, 0] : [1, 1],
  run: ({ values, names: [taken = ""] }, place) =>
    answer(
      values,
      place,
      (stylegate) => ask(stylegate, taken),
      (data, width) => tell(data, width, taken),
    ),
});
