/** Reads the OpenAPI document from standard input, and prints its types. Kept apart: openapi-typescript needs TypeScript 5. */
import { json } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const BLOB = ts.factory.createTypeReferenceNode("Blob");

const types = await openapiTS(/** @type {object} */ (await json(process.stdin)), {
  // What has a default may be left out of a request.
  defaultNonNullable: false,
  transform: (schema) => (schema.format === "binary" ? BLOB : undefined),
});
process.stdout.write(astToString(types));
