/**
 * Names of the Durable Objects that know what is to be erased. A user's has all that was made with it. An upload's has what was made of it,
 * whoever's it is: an upload need not have a user.
 */

/** JSON keeps the parts apart. */
export const userRecordName = (owner: string, user: string): string => JSON.stringify(["user", owner, user]);

export const uploadRecordName = (id: string): string => JSON.stringify(["upload", id]);
