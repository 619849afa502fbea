export type Metric = { milliseconds: number | undefined; description: string | undefined };

/** A `Server-Timing` longer than that is no word about time. */
const LONGEST = 4096;

/** The metrics of a `Server-Timing` by their names: https://www.w3.org/TR/server-timing/ */
export function readServerTiming(header: string | null): Map<string, Metric> {
  const metrics = new Map<string, Metric>();
  if (header === null || header.length > LONGEST) return metrics;
  for (const [text] of header.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)) {
    const [name = "", ...parameters] = text.split(";").map((part) => part.trim());
    const parameter = (key: string) =>
      parameters
        .find((text) => text.toLowerCase().startsWith(`${key}=`))
        ?.slice(key.length + 1)
        .replaceAll('"', "");
    const duration = Number(parameter("dur") || Number.NaN);
    const milliseconds = Number.isFinite(duration) && duration >= 0 ? duration : undefined;
    if (name !== "") metrics.set(name, { milliseconds, description: parameter("desc") });
  }
  return metrics;
}
