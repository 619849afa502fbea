import type { AnswerFormat, Format, OutputFormat } from "../../contract/transform.ts";

/**
 * The order at equal preference. WebP before AVIF: encoding AVIF takes three times as long at the edge, on top of importing an encoder of
 * a megabyte, for a picture that waits to be seen. Ask for `format=avif` where the bytes matter more.
 */
const PREFERRED = ["webp", "avif", "jpeg", "png"] as const;

/**
 * Which format `auto` means for a client: of those that its `Accept` header admits, the one it prefers, in our order where it is
 * indifferent. Modern formats count only when they are named, since `*` + `/*` is also what clients send that know none of them. A picture
 * with transparency becomes PNG rather than JPEG where the client takes both. A client that admits nothing we have gets JPEG or PNG: a
 * picture it may not want is more use than a 406.
 *
 * @param hasRoom whether a format takes as many pixels as are asked for; JPEG and PNG do
 * @param mayLimit an answer of fewer pixels is one too: what a client names is more to it than they
 */
export function negotiate(
  format: Format,
  accept: string | null,
  hasAlpha: boolean,
  hasRoom: (format: OutputFormat) => boolean,
  mayLimit = false,
): AnswerFormat {
  if (format !== "auto") return format;
  const ranges = parseAccept(accept ?? "*/*");
  const order = hasAlpha ? ([...PREFERRED.slice(0, 2), "png", "jpeg"] as const) : PREFERRED;
  const admitted = order.filter((candidate) => qualityOf(candidate, ranges) > 0);
  const best = (from: readonly OutputFormat[]) =>
    from.reduce<OutputFormat | undefined>(
      (best, candidate) =>
        best && qualityOf(best, ranges) >= qualityOf(candidate, ranges) ? best : candidate,
      undefined,
    );
  return (
    best(admitted.filter(hasRoom)) ?? (mayLimit ? best(admitted) : undefined) ?? (hasAlpha ? "png" : "jpeg")
  );
}

/** Media range → its q value, 0–1. */
type Ranges = Map<string, number>;

/** What cannot be read counts as not said. */
function parseAccept(accept: string): Ranges {
  const ranges: Ranges = new Map();
  for (const part of accept.toLowerCase().split(",")) {
    const [range = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    if (q !== undefined && !/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q)) continue;
    ranges.set(range, q === undefined ? 1 : Number(q));
  }
  return ranges;
}

/** The most specific range decides (RFC 9110 12.5.1). */
function qualityOf(format: OutputFormat, ranges: Ranges): number {
  const named = ranges.get(`image/${format}`) ?? (format === "jpeg" ? ranges.get("image/jpg") : undefined);
  if (named !== undefined) return named;
  const isModern = format === "webp" || format === "avif";
  return isModern ? 0 : (ranges.get("image/*") ?? ranges.get("*/*") ?? 0);
}
