/** A service that has just been started loads its networks first. */
import { setTimeout as sleep } from "node:timers/promises";

/** Longer than the first `npm start` takes to load. */
const PATIENCE = 120_000;

/** @throws Error where it is not ready in time */
export async function untilReady(service: string, show: (line: string) => void): Promise<void> {
  const end = Date.now() + PATIENCE;
  const isReady = () =>
    fetch(`${service}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let isFirst = true; !(await isReady()); isFirst = false) {
    if (isFirst) show(`waiting for ${service} to be ready`);
    if (Date.now() > end)
      throw new Error(`${service} is not ready: start it with npm start, or set STYLEGATE_URL.`);
    await sleep(500);
  }
}
