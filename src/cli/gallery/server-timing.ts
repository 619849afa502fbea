/** A step and what it took, in milliseconds. */
export type Timed = { step: string; milliseconds: number };

/** The steps with a duration, in the header's order: https://www.w3.org/TR/server-timing/ */
export function readServerTiming(header: string): Timed[] {
  return header.split(",").flatMap((metric) => {
    const [step = "", ...parameters] = metric.split(";").map((part) => part.trim());
    const duration = parameters.find((parameter) => parameter.startsWith("dur="))?.slice(4);
    const milliseconds = Number(duration ?? Number.NaN);
    return Number.isFinite(milliseconds) ? [{ step, milliseconds }] : [];
  });
}
