import { OpenAPIHono } from "@hono/zod-openapi";
import project from "../../../package.json" with { type: "json" };
import { OPERATIONS } from "./operations.ts";
import { StylizationEvent } from "./stylizations.ts";
import { TAGS } from "./tags.ts";
import { sentWebhook } from "./webhooks.ts";

/** The API in OpenAPI 3.1, whichever handlers are mounted. */
export function openApiDocument() {
  const described = new OpenAPIHono();
  const { openAPIRegistry: registry } = described;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description:
      "A key (`POST /v1/keys`), a token that one has minted (`POST /v1/tokens`), or the operator's `ADMIN_SECRET`. A service on one's own machine, `AUTH=open`, asks for none.",
  });
  for (const operation of OPERATIONS) registry.registerPath(operation);
  registry.register("StylizationEvent", StylizationEvent);
  registry.registerWebhook(sentWebhook);
  return described.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "stylegate",
      version: project.version,
      description: INTRODUCTION,
      license: { name: "Apache License 2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    tags: TAGS.map((tag) => ({ ...tag })),
  });
}

const INTRODUCTION =
  "Stylized portraits, by URL or as jobs. [/docs](/docs) is this document to be read, [/docs/options](/docs/options) has the options of a picture, [/docs/errors](/docs/errors) every problem.";
