import type { Context } from "hono";
import type { Scope } from "../../contract/api/common.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { App } from "../bindings.ts";
import type { Entry, KeyRecord, Knock } from "../keys/api-key.ts";
import { rateLimitHeaders } from "../keys/limits.ts";
import { hashSecret, readKey } from "../keys/new-key.ts";
import { quotaExceeded } from "../keys/quotas.ts";
import { type Claims, isTokenLike, kidOf, readToken } from "../keys/token.ts";
import { secretNamed } from "../keys/token-secrets.ts";
import { reached } from "../reached.ts";
import { parseSourcePolicy, type SourcePolicy } from "../source/source-policy.ts";
import { LOCAL, OPERATOR, type Principal } from "./principal.ts";
import { challenge, refuse, refuseNobody } from "./refusal.ts";

/** More than any key, token or secret has. */
const LONGEST = 4096;

/** The same for all that is not there, so that nobody learns what is. */
const UNKNOWN = "No such key, token or secret is known here.";

/**
 * On whose behalf a request acts, which counts to their quotas. Where nobody is asked, whoever sends a key or a token is taken at their word,
 * so that an app can be tried as it will be.
 *
 * @param work a picture is to be made for it, and taken from the month
 * @throws ProblemError
 */
export async function identify(c: Context<App>, work?: string): Promise<Principal> {
  const header = c.req.header("Authorization");
  const { auth, adminSecret } = c.var.config;
  if (header === undefined) {
    if (auth === "open") return counted(LOCAL, c, work);
    return refuseNobody(c);
  }
  const [, text] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  if (text === undefined || text.length > LONGEST)
    return refuse(c, "malformed", "The Authorization header is not Bearer, a space, and a key or a token.");
  if (adminSecret !== undefined && (await isEqual(text, adminSecret))) return counted(OPERATOR, c, work);
  if (isTokenLike(text)) return byToken(text, c, work);
  const key = readKey(text);
  if (key) return byKey(key.id, { hash: await hashSecret(key.secret), ...(work && { work }) }, c);
  if (text.startsWith("sg_"))
    return refuse(c, "malformed", "This is not the whole of a key, or more than one.");
  return refuse(c, "unknown", UNKNOWN);
}

/** @throws ProblemError `forbidden` where one is missing */
export function requireScopes({ scopes, by }: Principal, needed: readonly Scope[], c: Context<App>): void {
  const missing = needed.filter((scope) => !scopes.has(scope));
  if (missing.length === 0) return;
  challenge(c, { error: "insufficient_scope", scope: needed.join(" ") });
  const names = missing.map((scope) => `"${scope}"`).join(" and ");
  throw new ProblemError("forbidden", `The ${by === "token" ? "token" : "key"} lacks the scope ${names}.`);
}

async function byKey(id: string, knock: Knock, c: Context<App>): Promise<Principal> {
  const record = admit(await enter(id, knock, c), "key", c);
  return {
    owner: id,
    by: "key",
    scopes: new Set(record.scopes),
    user: undefined,
    allowed: allowedOf(record),
  };
}

async function byToken(text: string, c: Context<App>, work: string | undefined): Promise<Principal> {
  const now = Date.now();
  const secret = await secretNamed(kidOf(text), c.env, now);
  const claims = secret ? await readToken(text, secret, now) : "unknown";
  if (claims === "unknown") return refuse(c, "unknown", UNKNOWN);
  if (claims === "expired") return refuse(c, "expired", "The token has expired: mint another.");
  const { owner, user } = claims;
  if (owner === LOCAL.owner) {
    if (c.var.config.auth !== "open") return refuse(c, "unknown", UNKNOWN);
    return counted({ ...LOCAL, by: "token", user, scopes: scopesOf(claims, LOCAL.scopes) }, c, work);
  }
  const record = admit(await enter(owner, work === undefined ? {} : { work }, c), "token", c);
  const scopes = scopesOf(claims, new Set(record.scopes));
  return { owner, by: "token", scopes, user, allowed: allowedOf(record) };
}

/** What the key has lost since, its tokens have lost. */
const scopesOf = (claims: Claims, has: ReadonlySet<Scope>) =>
  new Set(claims.scopes.filter((scope) => has.has(scope)));

const enter = (owner: string, knock: Knock, c: Context<App>) =>
  reached("keys", async (): Promise<Entry> => c.env.API_KEYS.getByName(owner).enter(knock));

function admit(entry: Entry, by: "key" | "token", c: Context<App>): KeyRecord {
  const ofToken = by === "token" ? " that minted the token" : "";
  if ("limits" in entry) tellLimits(entry.limits, c);
  switch (entry.kind) {
    case "in":
      return entry.record;
    case "unknown":
      return refuse(c, "unknown", UNKNOWN);
    case "revoked":
      return refuse(c, "revoked", `The key${ofToken} is revoked.`);
    case "expired":
      return refuse(c, "expired", `The key${ofToken} has expired.`);
    case "limited": {
      const { quota, reset } = entry.limits.minute ?? { quota: 0, reset: 60 };
      const detail = `The key has ${quota} requests a minute, and they are used up.`;
      throw new ProblemError("rate_limited", detail, { retryAfter: reset });
    }
    case "exhausted":
      throw quotaExceeded(entry.limits.month?.reset);
  }
}

function tellLimits(limits: Parameters<typeof rateLimitHeaders>[0], c: Context<App>): void {
  const told = rateLimitHeaders(limits);
  if (!told) return;
  c.res.headers.set("RateLimit-Policy", told[0]);
  c.res.headers.set("RateLimit", told[1]);
}

/** Behind the answer: who has no quotas waits for no counting, unless what is counted is told again when it is done. */
async function counted(principal: Principal, c: Context<App>, work: string | undefined): Promise<Principal> {
  const counting = c.env.API_KEYS.getByName(principal.owner).count(work);
  const done = counting.catch((error) => {
    console.error(JSON.stringify({ event: "uncounted", owner: principal.owner, reason: String(error) }));
  });
  if (work === undefined) c.executionCtx.waitUntil(done);
  else await done;
  return principal;
}

/** Checked when the key was made: what cannot be read any more admits nothing. */
function allowedOf({ sources, webhooks, styles }: KeyRecord): Principal["allowed"] {
  return { sources: policyOf(sources), webhooks: policyOf(webhooks), styles };
}

function policyOf(patterns: readonly string[] | undefined): SourcePolicy | undefined {
  if (patterns === undefined) return undefined;
  const parsed = parseSourcePolicy(patterns.join(","));
  return parsed.ok ? parsed.value : [];
}

/** Takes the same time whatever the texts are, their lengths included: digests are compared. */
async function isEqual(one: string, other: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(one), await digest(other));
}
