import type { Environment } from "./environment.ts";

/** Milliseconds. */
export type StylizationConfig = {
  /** That a request waits for its pictures, where it does not say. */
  syncTimeout: number;
  /** For which passing trouble is no reason to give up. */
  deadline: number;
  /** After which a stylization and its pictures are deleted. */
  ttl: number;
};

export function readStylizations(env: Environment): StylizationConfig {
  const config = {
    syncTimeout: env.whole("SYNC_TIMEOUT", 30, 0, 120) * 1000,
    deadline: env.whole("STYLIZATION_DEADLINE", 3600, 10, 86_400) * 1000,
    ttl: env.whole("STYLIZATION_TTL", 604_800, 60, 31_536_000) * 1000,
  };
  if (config.deadline > config.ttl) {
    env.complain("STYLIZATION_TTL must not be less than STYLIZATION_DEADLINE.");
  }
  return config;
}
