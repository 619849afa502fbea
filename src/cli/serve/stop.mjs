/**
 * npm passes on the SIGINT that the terminal has sent to the whole group already: what comes this soon (milliseconds) after the
 * first is no second Ctrl-C.
 */
const ECHO = 500;

/** Ctrl-C, kill and a closed terminal ask for a stop; asking again ends it at once. */
export function listenForStop() {
  const stop = new AbortController();
  const asked = {
    stop: stop.signal,
    stopped: new Promise((resolve) => stop.signal.addEventListener("abort", resolve)),
    onImpatience: () => {},
  };
  let first = Number.NaN;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        first = performance.now();
        stop.abort();
      } else if (performance.now() - first > ECHO) {
        asked.onImpatience();
        process.exit(1);
      }
    });
  }
  // A closed terminal refuses what we still say.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  return asked;
}
