/** `npm run client`: the client's types from the OpenAPI document, and the package from both; docs/client.md. */
import { writeFile } from "node:fs/promises";
import { openApiDocument } from "../../contract/api/document.ts";
import { run } from "../complaint.mjs";
import { step } from "../terminal.mjs";
import { build, ensureTools, SCHEMA, typesOf } from "./package.ts";
import { schemaFile } from "./schema.ts";

await run(async () => {
  await ensureTools();
  const document = JSON.stringify(openApiDocument());
  await step("Writing src/client/schema.ts", async () =>
    writeFile(SCHEMA, schemaFile(await typesOf(document), document)),
  );
  await step("Building src/client/dist", build);
});
