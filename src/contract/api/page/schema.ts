type SchemaType = "string" | "integer" | "number" | "boolean" | "object" | "array";

/** What of JSON Schema the document uses. */
export type Schema = {
  $ref?: string;
  type?: SchemaType | [SchemaType, "null"];
  format?: string;
  description?: string;
  enum?: string[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  oneOf?: Schema[];
  allOf?: Schema[];
};

export type Parameter = {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: Schema;
};

type Content = Record<string, { schema?: Schema }>;

export type Operation = {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  /** Alternatives; an empty one needs no key. */
  security?: { bearer?: string[] }[];
  /** A token will not do. */
  "x-keys-only"?: true;
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content; headers?: Record<string, unknown> }>;
};

export type Document = {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

/** The name of what a reference leads to. */
export const nameIn = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);
