import { afterAll, beforeAll, describe, it } from "vitest";
import { startInference } from "../support/inference.ts";
import { isRequired } from "./check.ts";
import { GROUPS } from "./checks/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { findEndpoint } from "./find.ts";
import { MODELS } from "./servers/server.ts";

/** Of the embedded server we expect more than of others: all that any check looks at, but for extensions that it does not claim. */
describe("the embedded server", () => {
  let endpoint: Endpoint;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const server = await startInference(MODELS);
    stop = server.stop;
    endpoint = await findEndpoint(server.url, undefined, {});
  });
  afterAll(() => stop());

  for (const { title, checks } of GROUPS) {
    describe(title, () => {
      for (const check of checks) {
        it(check.name, async ({ skip }) => {
          if (check.demand !== "told" && !isRequired(check, endpoint)) skip("it claims no such extension");
          await check.run(endpoint);
        });
      }
    });
  }
});
