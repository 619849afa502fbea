import type { Named } from "./bindings.ts";

/**
 * Names of the Durable Objects that know what is to be erased. A user's has all that was made with it. An upload's has what was made of it,
 * whoever's it is: an upload need not have a user.
 */

/** JSON keeps the parts apart. */
export const userRecordName = (owner: string, user: string): string => JSON.stringify(["user", owner, user]);

/** Of the user that something belongs to; undefined where it has none. */
export function userRecord<Stub>(env: { USERS: Named<Stub> }, whose: { owner: string; user: string }): Stub;
export function userRecord<Stub>(
  env: { USERS: Named<Stub> },
  whose: { owner: string; user?: string | undefined },
): Stub | undefined;
export function userRecord<Stub>(
  { USERS }: { USERS: Named<Stub> },
  { owner, user }: { owner: string; user?: string | undefined },
): Stub | undefined {
  return user === undefined ? undefined : USERS.getByName(userRecordName(owner, user));
}

export const uploadRecordName = (id: string): string => JSON.stringify(["upload", id]);
