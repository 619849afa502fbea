import { readFile } from "node:fs/promises";
import { createStylegate, type Stylegate, StylegateError } from "../../client/index.ts";
import { urlOf } from "../command-line.mjs";
import { Complaint } from "../complaint.mjs";
import { unusable } from "../files.mjs";
import { unanswered } from "../unanswered.mjs";
import { text, type Values } from "./flags.ts";

type Environment = Record<string, string | undefined>;

/** Where `npm start` answers. */
const localUrl = ({ PORT }: Environment) => `http://localhost:${PORT?.trim() || 8787}`;

export type Remote = { url: string; stylegate: Stylegate };

/** Milliseconds for a service of this machine to say that it is there. */
const HERE = 1000;

/** The service that the command line, or else the environment, names; undefined where neither does. @throws Complaint */
export async function named(values: Values, env: Environment): Promise<Remote | undefined> {
  const flag = text(values, "url");
  const url = flag ?? (env.STYLEGATE_URL?.trim() || undefined);
  if (url === undefined) return undefined;
  return remoteAt(urlOf(flag === undefined ? "STYLEGATE_URL" : "--url", url), await keyOf(values, env));
}

/** The named service, or one that runs on this machine. @throws Complaint where there is none */
export async function remote(values: Values, env: Environment): Promise<Remote> {
  const there = (await named(values, env)) ?? (await here(values, env));
  if (there) return there;
  throw new Complaint(
    `No service answers at ${localUrl(env)}: start one with npm start, or name one with --url or STYLEGATE_URL.`,
  );
}

/** One that `npm start` runs on this machine. */
export async function here(values: Values, env: Environment): Promise<Remote | undefined> {
  const isThere = await fetch(`${localUrl(env)}/healthz`, { signal: AbortSignal.timeout(HERE) })
    .then(async (answer) => ((await answer.json()) as { status?: string }).status === "alive")
    .catch(() => false);
  return isThere ? remoteAt(localUrl(env), await keyOf(values, env)) : undefined;
}

/** Less patient than an app: somebody waits at the terminal. */
export const remoteAt = (url: string, key?: string): Remote => ({
  url,
  stylegate: createStylegate({ baseUrl: url, key, retry: { retries: 2 } }),
});

async function keyOf(values: Values, env: Environment): Promise<string | undefined> {
  const file = text(values, "key-file");
  if (file === undefined) return env.STYLEGATE_KEY?.trim() || undefined;
  const key = await readFile(file, "utf8").catch((error) => {
    throw unusable(file, error);
  });
  if (key.trim() === "") throw new Complaint(`${file} is empty.`);
  return key.trim();
}

/** The service in words: its URL, and what has named it. */
export function nameOf(values: Values, env: Environment): string {
  const flag = text(values, "url");
  if (flag !== undefined) return `The service at ${flag} (named by --url)`;
  const url = env.STYLEGATE_URL?.trim();
  return url ? `The service at ${url} (named by STYLEGATE_URL)` : "The service";
}

/** What the person at the terminal can do about it; undefined where it is a mistake of ours. */
export function explained(error: unknown, service = "The service"): string | undefined {
  if (error instanceof StylegateError) {
    const { code, detail, retryAfter, errors } = error;
    const wrong = errors.map((each) => `\n  ${each.pointer}: ${each.detail}`).join("");
    const later = retryAfter === undefined ? "" : ` Try again in ${retryAfter} s.`;
    const key = code === "unauthorized" ? " Set STYLEGATE_KEY, or name a file with --key-file." : "";
    return `${wrong === "" ? detail : `${error.title}:${wrong}`}${key}${later} (${code})`;
  }
  return unanswered(service, error)?.message;
}
