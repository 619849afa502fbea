/** Text of an event, in the order of Workers Analytics Engine's blobs: the first is `blob1`. New ones go to the end, since what is stored stays. */
export const BLOBS = [
  "kind",
  "route",
  "method",
  "status",
  "code",
  "style",
  "engine",
  "cached",
  "priority",
  "colo",
  "endpoint",
  "model",
  "reason",
  "outcome",
] as const;

/** Numbers of an event: the first is `double1`. Times are milliseconds. */
export const DOUBLES = ["duration", "queue", "compute", "bytes", "attempts"] as const;

type Blob = (typeof BLOBS)[number];
type Double = (typeof DOUBLES)[number];

type Texts<Name extends Blob> = Record<Name, string>;
type Numbers<Name extends Double> = Record<Name, number>;

/** A request that was answered. */
export type RequestEvent = Texts<
  "route" | "method" | "status" | "code" | "style" | "engine" | "cached" | "priority" | "colo"
> &
  Numbers<Double>;

/** An output of a stylization that was drawn, or could not be. */
export type DrawingEvent = Texts<"code" | "style" | "engine" | "priority"> &
  Numbers<"duration" | "queue" | "compute" | "attempts">;

/** What became of asking an endpoint. */
export type AttemptEvent = Texts<"priority" | "endpoint" | "model" | "reason" | "outcome"> &
  Numbers<"duration" | "queue" | "compute">;

/**
 * Attempts of one activity that are counted at most: Cloudflare takes 25 points of an invocation
 * (https://developers.cloudflare.com/analytics/analytics-engine/limits/), and the request's own comes last.
 */
const MOST_ATTEMPTS = 12;

/** Who counts. Each event goes to the one data set, with nothing in the columns that are not its own. Never throws. */
export type Events = {
  request: (event: RequestEvent) => void;
  drawing: (event: DrawingEvent) => void;
  attempt: (event: AttemptEvent) => void;
};

/** What Cloudflare's `AnalyticsEngineDataset` has; named here, since Node has no such type. */
export type Dataset = {
  writeDataPoint: (point: { indexes: string[]; blobs: string[]; doubles: number[] }) => void;
};

export function eventsFor(dataset: Dataset | undefined): Events | undefined {
  if (!dataset) return undefined;
  let attempts = 0;
  return {
    request: (event) => write(dataset, event.route, { kind: "request", ...event }),
    drawing: (event) => write(dataset, "drawing", { kind: "drawing", ...event }),
    attempt: (event) => {
      if (attempts++ < MOST_ATTEMPTS) write(dataset, event.endpoint, { kind: "attempt", ...event });
    },
  };
}

/** @param index what is sampled apart from others where there is more than Cloudflare keeps */
function write(
  dataset: Dataset,
  index: string,
  event: Partial<Record<Blob, string> & Record<Double, number>>,
): void {
  try {
    dataset.writeDataPoint({
      indexes: [index.slice(0, 96)],
      blobs: BLOBS.map((name) => event[name] ?? ""),
      doubles: DOUBLES.map((name) => event[name] ?? 0),
    });
  } catch (error) {
    console.warn(JSON.stringify({ event: "not_counted", error: String(error) }));
  }
}
