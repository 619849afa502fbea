import type { Place } from "./command.ts";
import type { Values } from "./flags.ts";
import { here, named, type Remote, remoteAt } from "./remote.ts";

/**
 * Works with the service that is named, with the one that runs on this machine, or else with one of its own, which ends with the work.
 *
 * @returns undefined where Ctrl-C came before it was ready
 */
export async function withRemote<Result>(
  values: Values,
  { env, stderr, stop }: Place,
  work: (remote: Remote) => Promise<Result>,
): Promise<Result | undefined> {
  const there = (await named(values, env)) ?? (await here(values, env));
  if (there) return work(there);
  // Wrangler and the networks are for this case alone.
  const { withService } = await import("../service/service.ts");
  stderr.write(stderr.isTTY ? "Starting a service for this run …" : "");
  return withService(stop, async ({ url, ended }) => {
    if (stderr.isTTY) stderr.write("\r\x1b[K");
    return Promise.race([work(remoteAt(url)), ended]);
  });
}
