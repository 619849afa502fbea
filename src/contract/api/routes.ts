/** Every route of the API, in the order of its documents. */
export * from "./direct-uploads.ts";
export * from "./erasure.ts";
export * from "./keys.ts";
export * from "./resumable-uploads.ts";
export * from "./service.ts";
export * from "./stylizations.ts";
export * from "./uploads.ts";
export * from "./users.ts";
export * from "./webhooks.ts";
