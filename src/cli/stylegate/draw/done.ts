import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const FILE = ".stylegate-done";

/**
 * What has been drawn into a folder, and of what: a line for each picture, written once the picture is there, so that whatever ends a run
 * the next one goes on where it was.
 */
export class Done {
  readonly #folder: string;
  readonly #known = new Map<string, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async in(folder: string): Promise<Done> {
    const done = new Done(folder);
    const lines = await readFile(join(folder, FILE), "utf8").catch(() => "");
    for (const line of lines.split("\n")) {
      const [, print, name] = /^([0-9a-f]{32}) (.+)$/.exec(line) ?? [];
      if (print !== undefined && name !== undefined) done.#known.set(name, print);
    }
    return done;
  }

  /** Whether the picture is there, and was made of just this. */
  async has(name: string, print: string): Promise<boolean> {
    if (this.#known.get(name) !== print) return false;
    return stat(join(this.#folder, name)).then(
      (file) => file.isFile(),
      () => false,
    );
  }

  async add(name: string, print: string): Promise<void> {
    this.#known.set(name, print);
    await mkdir(this.#folder, { recursive: true });
    await appendFile(join(this.#folder, FILE), `${print} ${name}\n`);
  }
}

/** Of a photo, as it is now, and of all that the picture is made with. */
export async function printOf(photo: string, request: unknown): Promise<string> {
  const { size, mtimeMs } = await stat(photo);
  const text = JSON.stringify([photo, size, mtimeMs, request]);
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
