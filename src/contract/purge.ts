import type { Failure } from "./problem.ts";
import { isRecord } from "./record.ts";
import { parseSource, type Source } from "./source.ts";
import { styleById } from "./style.ts";
import { parseTag } from "./tag.ts";

/** What `POST /v1/purge` is to make anew: whatever was made of the sources, in the styles, of sources with the tags. */
export type Purge = { sources: Source[]; styles: string[]; tags: string[] };

type PurgeResult = { ok: true; purge: Purge } | Failure;

/** Subjects of one request; each is a write. */
export const MOST_PURGED = 100;

const MEMBERS = ["sources", "styles", "tags"] as const;

/**
 * Reads `{ "sources": ["https://…", "upload:…", "r2:…"], "styles": ["handdrawn"], "tags": ["team"] }`, of which each may be left out, but not all.
 * What is not known is refused: a purge that does less than was meant looks like one that worked.
 */
export function parsePurge(text: string): PurgeResult {
  const body = parseObject(text);
  if (!body) return refuse("The body is no JSON object.");
  const unknown = Object.keys(body).find((name) => !MEMBERS.some((member) => member === name));
  if (unknown !== undefined) return refuse(`There is no ${quote(unknown)} to purge by.`);
  const purge: Purge = { sources: [], styles: [], tags: [] };
  for (const member of MEMBERS) {
    const values: unknown = body[member] ?? [];
    if (!isTexts(values)) return refuse(`"${member}" is no list of strings.`);
    for (const value of values) {
      const failure = add(purge, member, value);
      if (failure) return failure;
    }
  }
  const count = purge.sources.length + purge.styles.length + purge.tags.length;
  if (count === 0) return refuse('One of "sources", "styles" and "tags" must name something.');
  if (count > MOST_PURGED)
    return refuse(`One request may name ${MOST_PURGED} sources, styles and tags, not ${count}.`);
  return { ok: true, purge };
}

function add(purge: Purge, member: keyof Purge, value: string): Failure | undefined {
  switch (member) {
    case "sources": {
      const parsed = parseSource(value);
      if (!parsed.ok) return refuse(`${quote(value)} is no source. ${parsed.detail}`);
      purge.sources.push(parsed.source);
      return undefined;
    }
    case "styles":
      if (!styleById(value)) return refuse(`There is no style ${quote(value)}.`);
      purge.styles.push(value);
      return undefined;
    case "tags": {
      const tag = parseTag(value);
      if (tag === undefined) return refuse(`${quote(value)} is no tag.`);
      purge.tags.push(tag);
      return undefined;
    }
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

const refuse = (detail: string): Failure => ({ ok: false, code: "invalid_purge", detail });

const quote = (text: string) => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
