import { DurableObject } from "cloudflare:workers";

/** What there is to erase of a user. */
export type Trace =
  | { kind: "upload"; id: string; contentHash: string }
  | { kind: "stylization"; id: string }
  /** A picture of a URL that was drawn for the user. */
  | { kind: "content"; contentHash: string };

/** What is stored of one user of one owner; named by `userRecordName`. */
export class UserRecord extends DurableObject {
  /** To be told before the thing itself is stored, so that nothing of a user is ever stored that is not known here. */
  async add(_trace: Trace): Promise<void> {}

  /** For what has expired or was deleted by itself. */
  async remove(_trace: Trace): Promise<void> {}
}

/** JSON keeps the parts apart. */
export const userRecordName = (owner: string, user: string): string => JSON.stringify([owner, user]);
