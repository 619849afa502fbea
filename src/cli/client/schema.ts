import { createHash } from "node:crypto";

/** Names the document that the types are of, in their first lines. */
export const hashOf = (document: string): string => createHash("sha256").update(document).digest("hex");

/** The whole of src/client/schema.ts. */
export function schemaFile(types: string, document: string): string {
  return `// Made by \`npm run client\` of the OpenAPI document; do not edit.\n// document: ${hashOf(document)}\n\n${types}`;
}

/** The hash of the document that a schema.ts was made of. */
export const hashIn = (file: string): string | undefined => /^\/\/ document: (\w+)$/m.exec(file)?.[1];
