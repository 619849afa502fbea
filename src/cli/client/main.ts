/** `npm run client`: the client's types from the OpenAPI document, the documents, and the package; docs/client.md. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openApiDocument } from "../../contract/api/document.ts";
import { apiPage } from "../../contract/api/page/page.ts";
import { run } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { build, ensureTools, SCHEMA, typesOf } from "./package.ts";
import { schemaFile } from "./schema.ts";

await run(async () => {
  await ensureTools();
  const document = JSON.stringify(openApiDocument());
  await step("Writing src/client/schema.ts", async () =>
    writeFile(SCHEMA, schemaFile(await typesOf(document), document)),
  );
  await step("Writing docs/api.md", () => writeFile(join(ROOT, "docs/api.md"), apiPage()));
  await step("Building src/client/dist", build);
});
