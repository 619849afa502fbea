import { DurableObject } from "cloudflare:workers";

/** One stylization, from its request to its expiry. Named by its id. */
export class Job extends DurableObject {
  /** Deletes it and its pictures, whatever it is doing. @returns how many pictures there were; undefined where there is no such job */
  async erase(): Promise<{ pictures: number } | undefined> {
    return undefined;
  }
}
