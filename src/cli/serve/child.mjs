import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

/** Lines kept to explain an early end. */
const TAIL = 25;
/** Milliseconds for output that is still on its way when a process has ended. */
const LAST_WORDS = 250;

/** A server under supervision: a process group of its own, so that whatever it starts ends with it. */
export class Child {
  /** @type {string[]} */
  #tail = [];
  /** @type {((line: string) => boolean) | undefined} */
  #isForwarded;
  /** @type {((line: string) => void)[]} */
  #listeners = [];
  #process;
  #leash;
  /** Resolves when the process itself has ended and said its last words. @type {Promise<string>} how it ended */
  ended;

  /**
   * @param {string} name for people
   * @param {string} command
   * @param {string[]} args
   * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
   */
  constructor(name, command, args, options) {
    this.name = name;
    // Without a terminal of its own, Ctrl-C reaches it only through us.
    this.#process = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"], detached: true });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream }).on("line", (line) => this.#hear(line));
    }
    const closed = new Promise((resolve) => this.#process.on("close", resolve));
    this.ended = new Promise((resolve) => {
      this.#process.on("error", (error) => resolve(error.message));
      this.#process.on("exit", async (code, signal) => {
        // What it started may hold its output open.
        await Promise.race([closed, pause(LAST_WORDS)]);
        resolve(signal ? `by ${signal}` : `with code ${code}`);
      });
    });
    this.#leash = this.#process.pid === undefined ? undefined : leash(this.#process.pid);
  }

  /** The last lines that it wrote. */
  get tail() {
    return this.#tail.join("\n");
  }

  /**
   * Waits for a line that means something; what was written before does not count.
   *
   * @template T
   * @param {(line: string) => T | undefined} read
   * @returns {Promise<T>} what `read` makes of the first such line; never settles where there is none
   */
  heard(read) {
    return new Promise((resolve) => {
      this.#listeners.push((line) => {
        const meaning = read(line);
        if (meaning !== undefined) resolve(meaning);
      });
    });
  }

  /**
   * From now on passes what it writes to our standard error.
   *
   * @param {(line: string) => boolean} isWanted
   */
  forward(isWanted = () => true) {
    this.#isForwarded = isWanted;
  }

  /**
   * Asks the whole group to end, and kills what is left of it after `grace` milliseconds.
   *
   * @param {number} grace
   */
  async stop(grace) {
    this.#signal("SIGTERM");
    const deadline = performance.now() + grace;
    while (this.#signal(0) && performance.now() < deadline) await pause(25);
    this.kill();
    await Promise.all([this.ended, this.#leash?.gone]);
  }

  /** At once, the whole group. */
  kill() {
    this.#signal("SIGKILL");
    this.#leash?.letGo();
  }

  /** @param {string} line */
  #hear(line) {
    this.#tail.push(line);
    if (this.#tail.length > TAIL) this.#tail.shift();
    for (const listen of this.#listeners) listen(line);
    if (this.#isForwarded?.(line)) process.stderr.write(`${line}\n`);
  }

  /**
   * @param {NodeJS.Signals | 0} signal
   * @returns {boolean} whether anything of the group is there
   */
  #signal(signal) {
    if (this.#process.pid === undefined) return false;
    try {
      process.kill(-this.#process.pid, signal);
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * A shell that waits for its input to end, which happens when we do, in whatever way, and then kills the group: not even
 * SIGKILL to the supervisor leaves a server behind.
 *
 * @param {number} group
 */
function leash(group) {
  const shell = spawn("/bin/sh", ["-c", 'read -r _ || kill -s KILL -- "-$0"', String(group)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // A shell that is gone already has nothing to be told.
  shell.stdin.on("error", () => {});
  return {
    letGo: () => shell.stdin.end("\n"),
    gone: new Promise((resolve) => shell.on("close", resolve).on("error", resolve)),
  };
}
