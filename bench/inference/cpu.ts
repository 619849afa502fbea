import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** Instructions that multiply int8 fast; where none is there, int8 networks gain less or nothing. */
const INT8 = ["amx_int8", "avx512_vnni", "avx_vnni", "i8mm", "asimddp"];

/** The processor in one line: model, cores, and which of the instructions for int8 it has. */
export function describeCpu(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const cores = availableParallelism();
  return `${model}, ${cores} ${cores === 1 ? "core" : "cores"}, ${int8()}`;
}

function int8(): string {
  let flags: string[];
  try {
    flags = (/^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "").split(
      " ",
    );
  } catch {
    return "int8 instructions not told by this system";
  }
  const found = INT8.filter((name) => flags.includes(name));
  return found.length > 0 ? `int8 by ${found.join(", ")}` : "no instructions for int8";
}
