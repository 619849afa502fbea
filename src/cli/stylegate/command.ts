import type { ParseArgsConfig } from "node:util";
import type { Values } from "./flags.ts";

/** Where a command runs: handed to it, so that a test can look on. */
export type Place = {
  env: Record<string, string | undefined>;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** Ctrl-C. */
  stop: AbortSignal;
};

export type Flags = NonNullable<ParseArgsConfig["options"]>;

export type Command = {
  /** One word or two: `keys create`. */
  name: string;
  /** A line of the list of commands. */
  summary: string;
  /** What `--help` says. */
  help: string;
  flags: Flags;
  /** Positional arguments: how many there may be. */
  takes: [least: number, most: number];
  /** @returns the exit code */
  run(given: { values: Values; names: string[] }, place: Place): Promise<number>;
};
