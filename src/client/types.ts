import type { components } from "./schema.ts";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Upload = Schemas["Upload"];
export type StylizationRequest = Schemas["StylizationRequest"];
export type OutputRequest = Schemas["OutputRequest"];
export type Stylization = Schemas["Stylization"];
export type StylizationEvent = Schemas["StylizationEvent"];
export type Output = Schemas["Output"];
export type WebhookEvent = Schemas["WebhookEvent"];
export type Delivery = Schemas["Delivery"];
export type Erasure = Schemas["Erasure"];
export type Key = Schemas["Key"];
export type KeyRequest = Schemas["KeyRequest"];
export type Usage = Schemas["Usage"];
export type Token = Schemas["Token"];
