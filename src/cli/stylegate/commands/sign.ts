import { USAGE } from "../../sign/arguments.ts";
import { signCommand } from "../../sign/sign.ts";
import type { Command } from "../command.ts";

/** As `npm run sign` has it, flags and all. */
export const SIGN: Pick<Command, "name" | "summary" | "help"> & {
  whole: (args: string[], env: NodeJS.ProcessEnv) => Promise<string>;
} = {
  name: "sign",
  summary: "sign image URLs",
  help: USAGE.replaceAll("npm run -s sign --", "stylegate sign"),
  whole: (args, env) => signCommand(args, env, Date.now()),
};
