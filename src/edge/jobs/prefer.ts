/** What a `Prefer` header asks of the answer (RFC 7240). */
export type Preference = {
  /** Milliseconds to wait for the end. */
  wait: number;
  /** `Preference-Applied`; undefined where nothing was asked for that was done. */
  applied: string | undefined;
};

/**
 * `respond-async` answers at once; `wait=10` waits for ten seconds at most, and never longer than `longest`; both together wait, then answer
 * 202. What cannot be read is ignored, as the RFC has it, and of two of a name the first counts.
 *
 * @param longest milliseconds
 */
export function preferenceOf(header: string | undefined, longest: number): Preference {
  const told = new Map<string, string>();
  for (const preference of (header ?? "").split(",")) {
    const [, name = "", value = ""] =
      /^\s*([\w-]+)\s*(?:=\s*"?([^";]*?)"?\s*)?(?:;.*)?$/.exec(preference) ?? [];
    if (!told.has(name.toLowerCase())) told.set(name.toLowerCase(), value);
  }
  const seconds = /^\d{1,6}$/.test(told.get("wait") ?? "") ? Number(told.get("wait")) : undefined;
  const isAsync = told.has("respond-async");
  const wait = Math.min(longest, seconds === undefined ? (isAsync ? 0 : longest) : seconds * 1000);
  const applied = [
    ...(isAsync ? ["respond-async"] : []),
    ...(seconds !== undefined && wait === seconds * 1000 ? [`wait=${seconds}`] : []),
  ];
  return { wait, applied: applied.length > 0 ? applied.join(", ") : undefined };
}

/** Whether an `Accept` asks for a picture before JSON; whoever takes anything gets JSON. */
export function prefersPicture(accept: string | undefined): boolean {
  const qualities = (matching: RegExp) =>
    (accept ?? "")
      .toLowerCase()
      .split(",")
      .map((part) => part.split(";").map((piece) => piece.trim()))
      .filter(([range = ""]) => matching.test(range))
      .map(
        ([, ...parameters]) => Number(parameters.find((text) => text.startsWith("q="))?.slice(2) ?? 1) || 0,
      );
  const json = [/^application\/json$/, /^application\/\*$/, /^\*\/\*$/]
    .map(qualities)
    .find((found) => found.length > 0);
  return Math.max(0, ...qualities(/^image\//)) > Math.max(0, ...(json ?? []));
}
