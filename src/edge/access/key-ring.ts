import { DurableObject } from "cloudflare:workers";

/** Which keys there are, and what tokens are signed with. There is one, named "ring". */
export class KeyRing extends DurableObject {}
