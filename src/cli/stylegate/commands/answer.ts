import { dataOf } from "../../../client/index.ts";
import { wrapped } from "../../terminal.mjs";
import type { Place } from "../command.ts";
import type { Values } from "../flags.ts";
import { type Remote, remote } from "../remote.ts";

/** Asks a service, and prints its answer: for people, or with `--json` as it is. */
export async function answer<Data>(
  values: Values,
  { env, stdout }: Pick<Place, "env" | "stdout">,
  ask: (stylegate: Remote["stylegate"]) => Promise<{ data?: Data; error?: unknown; response: Response }>,
  tell: (data: Data, width: number) => string,
): Promise<number> {
  const { stylegate } = await remote(values, env);
  const data = dataOf(await ask(stylegate)) as Data;
  const width = stdout.columns || (stdout.isTTY ? 80 : 200);
  stdout.write(values.json ? `${JSON.stringify(data, null, 2)}\n` : wrapped(tell(data, width), stdout));
  return 0;
}

/** "2026-11-29 10:00" of an ISO time. */
export const toTheMinute = (time: string | undefined): string | undefined =>
  time?.slice(0, 16).replace("T", " ");
