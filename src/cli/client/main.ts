/** `npm run client`: the client's types from the OpenAPI document, the documents, and the package; docs/client.md. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openApiDocument } from "../../contract/api/document.ts";
import { apiPage } from "../../contract/api/page/page.ts";
import { command } from "../command-line.mjs";
import { ROOT } from "../root.mjs";
import { step } from "../terminal.mjs";
import { build, ensureTools, SCHEMA, typesOf } from "./package.ts";
import { schemaFile } from "./schema.ts";

const USAGE = `Writes what follows from the OpenAPI document: the client's types, docs/api.md, and the package.

  npm run client
`;

await command({ usage: USAGE }, async () => {
  await ensureTools();
  const document = JSON.stringify(openApiDocument());
  await step("Writing src/client/schema.ts", async () =>
    writeFile(SCHEMA, schemaFile(await typesOf(document), document)),
  );
  await step("Writing docs/api.md", () => writeFile(join(ROOT, "docs/api.md"), apiPage()));
  await step("Building src/client/dist", build);
});
