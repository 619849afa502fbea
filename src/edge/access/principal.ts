import { SCOPES, type Scope } from "../../contract/api/common.ts";
import { ProblemError } from "../../contract/problem.ts";
import type { SourcePolicy } from "../source/source-policy.ts";

/** Whose something is: a principal's, and of its users this one's. */
export type Holder = {
  /** `Principal.owner` */
  owner: string;
  user?: string | undefined;
};

/** On whose behalf a request acts. */
export type Principal = {
  /** Whose uploads, stylizations and webhooks these are: a key's id, `operator` with ADMIN_SECRET, `local` where nobody is asked. */
  owner: string;
  /** How that is known: `nobody` was asked, or it was ADMIN_SECRET, a key, or a token that a key has minted. */
  by: "nobody" | "operator" | "key" | "token";
  scopes: ReadonlySet<Scope>;
  /** What a token is bound to: it sees and makes only what is this user's. */
  user: string | undefined;
  /** Within what the operator's variables admit; undefined: all of it. */
  allowed: {
    sources: SourcePolicy | undefined;
    webhooks: SourcePolicy | undefined;
    styles: readonly string[] | undefined;
  };
};

/** The user that something made by this principal belongs to. @throws ProblemError where a token is another user's */
export function userOf(principal: Principal, asked: string | undefined): string | undefined {
  if (principal.user === undefined || asked === undefined || asked === principal.user)
    return principal.user ?? asked;
  throw new ProblemError("forbidden", "The token is bound to another user.");
}

/** Whether the principal may see and change what belongs to this owner and user. The operator may all. */
export function mayTouch({ owner, scopes, user }: Principal, thing: Holder): boolean {
  if (user !== undefined) return thing.owner === owner && thing.user === user;
  return thing.owner === owner || scopes.has("admin");
}

const ALL = {
  scopes: new Set(SCOPES),
  user: undefined,
  allowed: { sources: undefined, webhooks: undefined, styles: undefined },
};

/** On the service's own machine, where nobody is asked for a key. */
export const LOCAL: Principal = { ...ALL, owner: "local", by: "nobody" };

/** Who knows ADMIN_SECRET. */
export const OPERATOR: Principal = { ...ALL, owner: "operator", by: "operator" };
