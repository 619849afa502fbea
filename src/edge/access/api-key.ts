import { DurableObject } from "cloudflare:workers";

/** One key: what it may do, and what it has used. Named by the key's id. */
export class ApiKey extends DurableObject {}
