import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { type Output, type Stylegate, StylegateError } from "../../../client/index.ts";
import type { Place } from "../command.ts";
import { explained } from "../remote.ts";
import type { Done } from "./done.ts";
import type { Wish } from "./flags.ts";
import { bytesOf, type Photo, STREAM } from "./photos.ts";
import { writePicture } from "./picture-file.ts";
import type { Outcome } from "./progress.ts";
import type { Target } from "./target.ts";

/** A picture to be made of a photo: as what, under which name, and what it will have been made of. */
export type Job = { request: Wish["request"]; file: string; print: string };

export type PainterOptions = { user: string | undefined; isDeleted: boolean; signal: AbortSignal };

/** Of these no photo will fare better than the one before. */
const FATAL = ["unauthorized", "forbidden", "quota_exceeded", "style_not_allowed", "host_not_allowed"];

/** Has photos drawn, one stylization for each. */
export class Painter {
  readonly #stylegate: Stylegate;
  readonly #target: Target;
  readonly #done: Done | undefined;
  readonly #options: PainterOptions;
  readonly #place: Pick<Place, "stdin" | "stdout">;

  constructor(
    stylegate: Stylegate,
    target: Target,
    done: Done | undefined,
    options: PainterOptions,
    place: Pick<Place, "stdin" | "stdout">,
  ) {
    this.#stylegate = stylegate;
    this.#target = target;
    this.#done = done;
    this.#options = options;
    this.#place = place;
  }

  /** @throws what will be in the way of every other photo as well */
  async paint(photo: Photo, jobs: readonly Job[]): Promise<Outcome> {
    if (jobs.length === 0) return { kind: "skipped", photo: photo.path };
    const began = performance.now();
    try {
      const { files, reasons } = await this.#paint(photo, jobs);
      if (reasons.length > 0) return { kind: "failed", photo: photo.path, reason: reasons.join("; ") };
      const milliseconds = Math.round(performance.now() - began);
      return { kind: "drawn", photo: photo.path, files, milliseconds };
    } catch (error) {
      if (this.#options.signal.aborted || isFatal(error)) throw error;
      const reason = explained(error) ?? (error instanceof Error ? error.message : String(error));
      return { kind: "failed", photo: photo.path, reason };
    }
  }

  async #paint(photo: Photo, jobs: readonly Job[]) {
    const { user, signal, isDeleted } = this.#options;
    const { format } = this.#target;
    const { id } = await this.#stylegate.upload(await bytesOf(photo, this.#place.stdin), { user, signal });
    try {
      const outputs = jobs.map(({ request }) => ({ ...request, format }));
      const request = { source: `upload:${id}`, outputs, ...(user !== undefined && { user }) };
      const made = await this.#stylegate.stylize(request, { signal });
      const files: string[] = [];
      const reasons = new Map<string, string[]>();
      for (const [at, job] of jobs.entries()) {
        const output = made.outputs[at];
        if (output?.url === undefined) {
          const reason = reasonOf(output);
          reasons.set(reason, [...(reasons.get(reason) ?? []), job.request.style]);
        } else files.push(await this.#store(output, job));
      }
      return { files, reasons: told(reasons, jobs.length) };
    } finally {
      if (isDeleted) await this.#stylegate.DELETE("/v1/uploads/{id}", { params: { path: { id } } });
    }
  }

  /** Where the picture is now. */
  async #store(output: Output, { file, print }: Job): Promise<string> {
    const { signal } = this.#options;
    const { body } = await this.#stylegate.picture(output, { signal });
    if (!body) throw new Error("The picture is empty.");
    const target = this.#target;
    if (target.kind === "stream") {
      await pipeline(Readable.fromWeb(body as ReadableStream), this.#place.stdout, { end: false });
      return STREAM;
    }
    const path = target.kind === "file" ? target.path : join(target.path, file);
    await writePicture(path, body as ReadableStream, signal);
    if (target.kind === "folder" && print !== "") await this.#done?.add(file, print);
    return path;
  }
}

const reasonOf = ({ error, status }: Partial<Output> = {}): string =>
  error ? `${error.detail} (${error.code})` : `It is ${status ?? "missing"}.`;

/** Each reason once, with the styles that it is about, unless that is all of them: then it is about the photo. */
const told = (reasons: ReadonlyMap<string, string[]>, all: number): string[] =>
  [...reasons].map(([reason, styles]) =>
    styles.length === all ? reason : `${styles.join(", ")}: ${reason}`,
  );

const isFatal = (error: unknown) =>
  error instanceof StylegateError
    ? FATAL.includes(error.code)
    : error instanceof TypeError && error.message === "fetch failed";
