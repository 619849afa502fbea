import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * The processes of this machine that have `marker` in their environment, as "pid command": whatever a program with that environment
 * started, and whatever that started, unless it was given another environment.
 */
export async function processesWith(marker: string): Promise<string[]> {
  if (process.platform === "linux") {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(
      ids.map(async (id) => {
        const [environment, command] = await Promise.all(
          ["environ", "cmdline"].map((file) => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "")),
        );
        return environment?.includes(marker) ? [`${id} ${command?.replaceAll("\0", " ")}`] : [];
      }),
    );
    return found.flat();
  }
  const { stdout } = await promisify(execFile)("ps", ["-axEww", "-o", "pid=,command="]);
  return stdout.split("\n").filter((line) => line.includes(marker));
}
