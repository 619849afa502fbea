import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { ROOT } from "../root.mjs";
import { quiet } from "../serve/servers.mjs";
import { capture } from "../setup/command.mjs";
import { readJunit } from "./junit.mjs";
import { failure, PASSED, withExitCode } from "./outcome.mjs";

/** @typedef {import("./outcome.mjs").Outcome} Outcome */

/** Runs programs with the project's Node and npm packages first on the PATH, their output going to the terminal. */
export class Runner {
  #env;
  #keep;

  /**
   * @param {string} node the Node that runs the project
   * @param {NodeJS.ProcessEnv} env
   * @param {(text: string) => void} [keep] takes what programs say, once they have ended; without it they say it to the terminal themselves
   */
  constructor(node, env, keep) {
    this.#keep = keep;
    const path = [dirname(node), join(ROOT, "node_modules", ".bin"), env.PATH].join(delimiter);
    this.#env = { ...env, ...quiet(join(ROOT, ".wrangler")), PATH: path };
  }

  /** @param {string} text */
  print(text) {
    if (this.#keep) this.#keep(text);
    else process.stdout.write(text);
  }

  /**
   * A program that is fine when it exits with 0, and says something worth reading only when not.
   *
   * @param {string} program
   * @param {string[]} args
   */
  async check(program, args) {
    const { code, output } = await capture(program, args, { cwd: ROOT, env: this.#env });
    if (code === 0) return PASSED;
    this.print(output);
    return failure(
      [basename(program), ...args.map((arg) => relative(ROOT, arg))].join(" "),
      `exited with ${code}`,
    );
  }

  /**
   * @param {string} project of vitest.config.ts
   * @param {Record<string, string>} [env]
   */
  vitest(project, env = {}) {
    const reporters = ["default", join(ROOT, "src/cli/check/vitest-reporter.mjs")].map(
      (name) => `--reporter=${name}`,
    );
    return this.#reported(
      "vitest",
      (file) =>
        this.#run("vitest", ["run", `--project=${project}`, ...reporters], { ...env, OUTCOME_FILE: file }),
      (json) => JSON.parse(json),
    );
  }

  /**
   * @param {string} python
   * @param {string} folder
   */
  pytest(python, folder) {
    return this.#reported(
      "pytest",
      (file) =>
        this.#run(python, ["-m", "pytest", "-q", `--rootdir=${folder}`, `--junitxml=${file}`, folder]),
      readJunit,
    );
  }

  /**
   * @param {string} name
   * @param {(file: string) => Promise<number>} run writes a report to the file; its exit code
   * @param {(report: string) => Outcome} read
   */
  async #reported(name, run, read) {
    const folder = await mkdtemp(join(tmpdir(), "stylegate-test-"));
    try {
      const file = join(folder, "report");
      const code = await run(file);
      const report = await readFile(file, "utf8").catch(() => undefined);
      return withExitCode(name, report === undefined ? undefined : read(report), code);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /**
   * @param {string} program
   * @param {string[]} args
   * @param {Record<string, string>} [env]
   * @returns {Promise<number>}
   */
  async #run(program, args, env = {}) {
    if (this.#keep) {
      const { code, output } = await capture(program, args, { cwd: ROOT, env: { ...this.#env, ...env } });
      this.print(output);
      return code;
    }
    return new Promise((resolve) => {
      const child = spawn(program, args, {
        cwd: ROOT,
        env: { ...this.#env, ...env },
        stdio: ["ignore", "inherit", "inherit"],
      });
      const stop = () => child.kill();
      process.on("SIGTERM", stop);
      child.on("error", (error) => {
        console.error(error.message);
        resolve(127);
      });
      child.on("exit", (code) => {
        process.off("SIGTERM", stop);
        resolve(code ?? 1);
      });
    });
  }
}
