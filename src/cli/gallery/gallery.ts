import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { INTERRUPTED } from "../complaint.mjs";
import { requireWritable } from "../files.mjs";
import { picturesIn } from "../photos.ts";
import { listenForStop } from "../serve/stop.mjs";
import { withService } from "../service/service.ts";
import { seconds } from "../terminal.mjs";
import { counted, sizeText } from "../text.ts";
import { readArguments, USAGE } from "./arguments.ts";
import { drawFile } from "./draw.ts";
import type { Entry } from "./entry.ts";
import { pageOf } from "./page.ts";
import { Progress } from "./progress.ts";
import { totalsOf } from "./totals.ts";

/**
 * The whole of `npm run gallery`.
 *
 * @throws Complaint
 */
export async function galleryCommand(args: string[]): Promise<void> {
  const asked = readArguments(args);
  if (asked.kind === "help") return void process.stdout.write(USAGE);
  const { folder, style, out } = asked;
  const names = await picturesIn(folder);
  await requireWritable(out);

  const { stop } = listenForStop();
  const progress = new Progress(process.stderr);
  progress.say("starting the inference server and the Worker");
  const entries = await withService(stop, async (service) => {
    const stopped = new Promise<undefined>((resolve) => {
      stop.addEventListener("abort", () => resolve(undefined));
    });
    const all: Entry[] = [];
    for (const [index, name] of names.entries()) {
      progress.say(`${index + 1} of ${names.length}: ${name}`);
      const drawing = drawFile(join(folder, name), name, style, service);
      drawing.catch(() => {}); // where it is not waited for
      const entry = await Promise.race([drawing, service.ended, stopped]);
      if (!entry || stop.aborted) return undefined;
      all.push(entry);
    }
    return all;
  }).finally(() => progress.clear());
  if (!entries) {
    process.exitCode = INTERRUPTED;
    return;
  }
  const page = await pageOf(entries, { folder: resolve(folder), style });
  await writeFile(out, page);
  const { pictures, drawings, problems, faces, median } = totalsOf(entries);
  const time = drawings > 0 ? `, ${seconds(median)} each` : "";
  process.stdout.write(
    `${counted(pictures, "picture")}, ${counted(drawings, "drawing")}, ${counted(problems, "problem")}, ${counted(faces, "face")}${time}.\n` +
      `${resolve(out)} (${sizeText(Buffer.byteLength(page))})\n`,
  );
}
