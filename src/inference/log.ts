import type { LogLevel } from "./config.ts";

export type Log = Record<LogLevel, (event: string, fields?: Record<string, unknown>) => void>;

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One JSON object a line: `time`, `level`, `event`, then the fields. Never pass what a body held. */
export function createLog(least: LogLevel, write: (line: string) => void): Log {
  const at =
    (level: LogLevel): Log[LogLevel] =>
    (event, fields) => {
      if (RANK[level] < RANK[least]) return;
      write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
