import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";
import { USER } from "../../contract/api/common.ts";
import { TOKEN_SCOPES } from "../../contract/api/keys.ts";
import { fromHex } from "../../contract/encoding.ts";
import type { TokenSecret } from "./key-ring.ts";

/** What a token says: on whose behalf, what it may do at most, and until when. */
export type Claims = {
  /** The key's id; its state counts, too. */
  owner: string;
  scopes: readonly (typeof TOKEN_SCOPES)[number][];
  user: string | undefined;
};

/** One algorithm, fixed here: what a token's own header says of it is compared, never followed (RFC 8725, 3.1). */
const ALGORITHM = "HS256";
const TYPE = "JWT";
const ISSUER = "stylegate";
const AUDIENCE = "stylegate/v1";

/** Whether a text has the form of a token; keys and secrets of ours have no dots. */
export const isTokenLike = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);

/**
 * @param now milliseconds since 1970
 * @param expires the same
 */
export function mintToken(
  { owner, scopes, user }: Claims,
  { kid, secret }: TokenSecret,
  now: number,
  expires: number,
): Promise<string> {
  return new SignJWT({ scope: scopes.join(" "), ...(user === undefined ? {} : { user }) })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(owner)
    .setJti(crypto.randomUUID())
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(expires / 1000))
    .sign(fromHex(secret));
}

/** The name of the secret that a token says it is signed with; undefined where it says none. */
export function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

/** @returns why not, where it does not hold: `expired` only of one that is ours */
export async function readToken(
  token: string,
  { secret }: TokenSecret,
  now: number,
): Promise<Claims | "expired" | "unknown"> {
  try {
    const { payload } = await jwtVerify(token, fromHex(secret), {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["sub", "exp", "jti", "scope"],
      currentDate: new Date(now),
    });
    const { sub, scope, user } = payload;
    if (typeof sub !== "string" || typeof scope !== "string") return "unknown";
    if (user !== undefined && (typeof user !== "string" || !USER.test(user))) return "unknown";
    const said = scope.split(" ");
    return { owner: sub, scopes: TOKEN_SCOPES.filter((scope) => said.includes(scope)), user };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return "expired";
    if (error instanceof errors.JOSEError) return "unknown";
    throw error;
  }
}
