import { expect } from "vitest";
import { fromBase64url } from "../../../src/contract/encoding.ts";
import type { ProblemCode } from "../../../src/contract/problem.ts";
import { sign, signedText } from "../../../src/contract/signature.ts";
import type { Answer, Service } from "../service.ts";

const [A, B] = ["A".repeat(43), `${"B".repeat(42)}A`];

const ADMIN_SECRET = "of-the-operator-32-characters-or-more";

/** Workers that differ in what their operator allows. They share one bucket, so that nothing that is stored gets around a refusal. */
export const WORKERS = {
  open: { ALLOWED_SOURCES: "*", ALLOWED_WEBHOOKS: "*" },
  bare: {},
  listed: { ALLOWED_SOURCES: "photos.example.com/file/public, *.wild.example" },
  signed: { ALLOWED_SOURCES: "photos.example.com", SIGNING_KEYS: `a:${A},b:${B}` },
  rotated: { ALLOWED_SOURCES: "photos.example.com", SIGNING_KEYS: `b:${B}` },
  presets: {
    ALLOWED_SOURCES: "photos.example.com",
    PRESETS: "avatar:style=handdrawn,width=64",
    PRESETS_ONLY: "yes",
  },
  hasty: { ALLOWED_SOURCES: "*", SOURCE_TIMEOUT: "1", UPLOAD_TIMEOUT: "1", SOURCE_ERROR_TTL: "1" },
  own: { ALLOWED_ORIGINS: "https://shop.example" },
  keyed: { AUTH: "keys", ADMIN_SECRET, ALLOWED_SOURCES: "photos.example.com" },
} as const satisfies Record<string, Record<string, string>>;

export type Worker = keyof typeof WORKERS;
export type Hostile = Service<Worker>;

/** How a line is held. */
export type LineTest = (service: Hostile) => Promise<void>;

export const STYLE = "/image/style=handdrawn";

export const image = (source: string, options = "") => `${STYLE}${options && `,${options}`}/${source}`;

/** A problem's code; undefined for any other answer. */
export function codeOf({ bytes, headers }: Answer): ProblemCode | undefined {
  if (headers.get("Content-Type") !== "application/problem+json") return undefined;
  return (JSON.parse(bytes.toString()) as { code: ProblemCode }).code;
}

/** That each source is refused with the code, and that nobody was asked for any. */
export async function refuses(
  service: Hostile,
  worker: Worker,
  code: ProblemCode | ProblemCode[],
  sources: readonly string[],
): Promise<void> {
  expect(sources.length).toBeGreaterThan(0);
  const before = service.fetched.length;
  for (const source of sources) {
    const answer = await service.ask(worker, image(source));
    expect([code].flat(), source).toContain(codeOf(answer));
  }
  expect(service.fetched.slice(before)).toEqual([]);
}

/** That a picture is answered. */
export async function draws(service: Hostile, worker: Worker, path: string): Promise<Answer> {
  const answer = await service.ask(worker, path);
  expect(`${answer.status} ${codeOf(answer) ?? ""}`).toBe("200 ");
  expect(answer.headers.get("Content-Type")).toMatch(/^image\/(?:jpeg|png|webp|avif)$/);
  return answer;
}

/** The path of a URL that the key `a` or `b` has signed. */
export async function signedPath(source: string, options: string, kid: "a" | "b" = "a"): Promise<string> {
  const bytes = fromBase64url(kid === "a" ? A : B);
  if (!bytes) throw new Error("no key");
  const all = `${options},kid=${kid}`;
  return `/image/${all},sig=${await sign(signedText(all, source), { id: kid, bytes })}/${source}`;
}

/** Asks the Worker that needs keys, for what is JSON. */
export async function askKeyed<Answered>(
  service: Hostile,
  path: string,
  body?: object,
  bearer = ADMIN_SECRET,
): Promise<Answered> {
  const answer = await service.ask("keyed", path, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
    body: body && Buffer.from(JSON.stringify(body)),
  });
  return JSON.parse(answer.bytes.toString());
}
