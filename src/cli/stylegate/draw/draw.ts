import { misused } from "../../command-line.mjs";
import { Complaint, INTERRUPTED } from "../../complaint.mjs";
import { wrapped } from "../../terminal.mjs";
import type { Command, Place } from "../command.ts";
import { text, type Values } from "../flags.ts";
import { explained, type Remote } from "../remote.ts";
import { withRemote } from "../with-remote.ts";
import { Done, printOf } from "./done.ts";
import { concurrencyOf, DRAW_FLAGS, DRAW_HELP, type Wish, wishesOf } from "./flags.ts";
import { type Job, Painter } from "./painter.ts";
import { type Photo, photosOf, STREAM } from "./photos.ts";
import { type Outcome, Progress } from "./progress.ts";
import { requireStyles } from "./styles.ts";
import { fileName, type Target, targetOf } from "./target.ts";

/** Failures that the end of a run tells one by one. */
const MOST_TOLD = 20;

/** @param meant the command that a word that is no file may have been meant to be */
export const drawCommand = (meant: (word: string) => string | undefined): Command => ({
  name: "draw",
  summary: "draw photos",
  help: DRAW_HELP,
  flags: DRAW_FLAGS,
  takes: [1, 100_000],
  run: ({ values, names }, place) => draw(values, names, meant, place),
});

async function draw(
  values: Values,
  names: string[],
  meant: (word: string) => string | undefined,
  place: Place,
): Promise<number> {
  const photos = await photosOf(names, meant);
  const wishes = wishesOf(values);
  const isFolder = photos.length > names.length || photos.some(({ path }) => !names.includes(path));
  const styles = wishes.map(({ style }) => style);
  const target = await targetOf(values, photos, styles, isFolder);
  if (target.kind === "stream") requireRoom(values, place.stdout);

  const result = await withRemote(values, place, async (remote) => {
    const versions = await requireStyles(styles, remote.stylegate);
    const dated = wishes.map((wish) => ({ ...wish, print: versions.get(wish.style) }));
    return drawAll(photos, dated, target, values, remote, place);
  });
  if (!result) return INTERRUPTED;
  return conclude(result, photos.length, values, place);
}

/** A picture would leave a terminal in pieces. */
function requireRoom(values: Values, stdout: NodeJS.WriteStream): void {
  if (values.json) throw misused("--json and a picture cannot both go to standard output.");
  if (stdout.isTTY)
    throw misused("A picture is nothing for a terminal: name a file with -o, or redirect it.");
}

type Result = { outcomes: Outcome[]; fatal: unknown };

async function drawAll(
  photos: readonly Photo[],
  wishes: (Wish & { print: string | undefined })[],
  target: Target,
  values: Values,
  { stylegate }: Remote,
  place: Place,
): Promise<Result> {
  // A photo or two that are drawn where one is leave no note behind.
  const isKept = target.kind === "folder" && text(values, "out") !== undefined;
  const done = isKept && !values.again ? await Done.in(target.path) : undefined;
  const over = new AbortController();
  const signal = AbortSignal.any([place.stop, over.signal]);
  const options = { user: text(values, "user"), isDeleted: values.delete === true, signal };
  const painter = new Painter(stylegate, target, done, options, place);
  const progress = new Progress(place.stderr, photos.length);
  const outcomes: Outcome[] = [];
  let fatal: unknown;
  const waiting = photos.values();
  const work = async () => {
    for (const photo of waiting) {
      if (signal.aborted) return;
      try {
        const outcome = await painter.paint(photo, await jobsOf(photo, wishes, target, done));
        if (photos.length > 1) progress.tell(outcome);
        if (values.json) writeLine(outcome, place.stdout, progress);
        outcomes.push(outcome);
      } catch (error) {
        // Every other photo would fail alike.
        if (!signal.aborted) fatal = error;
        over.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrencyOf(values), photos.length) }, work));
  progress.clear();
  return { outcomes, fatal };
}

/** The pictures of a photo that are not there yet. */
async function jobsOf(
  photo: Photo,
  wishes: (Wish & { print: string | undefined })[],
  target: Target,
  done: Done | undefined,
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const { style, request, print: version } of wishes) {
    if (target.kind !== "folder") return [{ request, file: "", print: "" }];
    const file = fileName(target, photo, style);
    const print = photo.path === STREAM ? "" : await printOf(photo.path, [request, target.format, version]);
    if (!(await done?.has(file, print))) jobs.push({ request, file, print });
  }
  return jobs;
}

function writeLine(outcome: Outcome, stdout: NodeJS.WriteStream, progress: Progress) {
  progress.clear();
  stdout.write(`${JSON.stringify(outcome)}\n`);
}

/** Tells how it went; the exit code. */
function conclude({ outcomes, fatal }: Result, all: number, values: Values, place: Place): number {
  const { stderr, stop } = place;
  const of = (kind: Outcome["kind"]) => outcomes.filter((outcome) => outcome.kind === kind);
  const failed = of("failed") as Extract<Outcome, { kind: "failed" }>[];
  const drawn = of("drawn").length;
  const tell = (line: string) => stderr.write(wrapped(`${line}\n`, stderr));
  // The reason alone, where nothing came of any photo: how many were drawn goes without saying.
  const isInVain = fatal !== undefined && outcomes.length === 0;
  if (all > 1 && !isInVain) {
    const skipped = of("skipped").length;
    const parts = [
      skipped === 0 ? `${drawn} of ${all} photos drawn` : `${drawn + skipped} of ${all} photos are there`,
      ...(skipped > 0 && drawn > 0 ? [`${drawn} of them drawn now`] : []),
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ];
    tell(`${parts.join(", ")}.`);
    if (stderr.isTTY || values.json) {
      for (const { photo, reason } of failed.slice(0, MOST_TOLD)) tell(`  ${photo}: ${reason}`);
      if (failed.length > MOST_TOLD) tell(`  and ${failed.length - MOST_TOLD} more`);
    }
    if (stop.aborted) tell("Stopped. The same command goes on from here.");
  } else {
    for (const { photo, reason } of failed) tell(`${photo}: ${reason}`);
    for (const { files } of of("drawn") as Extract<Outcome, { kind: "drawn" }>[])
      for (const file of files) tell(file === STREAM ? "Drawn to standard output." : file);
  }
  if (stop.aborted) return INTERRUPTED;
  if (fatal !== undefined) throw explained(fatal) === undefined ? new Complaint(String(fatal)) : fatal;
  return failed.length > 0 ? 1 : 0;
}
