import { spawn } from "node:child_process";

/**
 * Runs a program to its end and keeps what it says. It shares our process group, so that a terminal's Ctrl-C reaches it, and ends with us
 * where a signal is sent to us alone.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 where there is no such program
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const letGo = endWithUs(child);
    child.on("close", letGo).on("error", letGo);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        output += text;
      });
    }
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Passes on what asks us to end, and ends then as we would have without it.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} stops passing on
 */
function endWithUs(child) {
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.kill(signal);
    letGo();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const letGo = () => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return letGo;
}

/**
 * Runs a program in the terminal's own input and output, and hands its exit code on as ours.
 *
 * @param {string} command
 * @param {string[]} args
 */
export async function handOver(command, args) {
  const child = spawn(command, args, { stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
    process.on(signal, () => child.kill(signal));
  }
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/**
 * The end of a long output, for an explanation.
 *
 * @param {string} output
 * @param {number} [lines]
 */
export function lastLines(output, lines = 15) {
  return output.trimEnd().split("\n").slice(-lines).join("\n");
}
