import { anchorOf } from "../../anchor.ts";
import { openApiDocument } from "../document.ts";
import { bodiesOf, objectSection, operationSection, webhookSection } from "./operation.ts";
import type { Document } from "./schema.ts";
import { START } from "./start.ts";

/** docs/api.md, which a test holds to this, and what `/docs` answers. */
export function apiPage(): string {
  const { tags, paths, webhooks, components } = JSON.parse(JSON.stringify(openApiDocument())) as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const parts = tags.map(({ name, description }) => {
    const here = operations.filter(({ operation }) => operation.tags.includes(name));
    const sent = Object.values(webhooks).flatMap(({ post }) => (post?.tags.includes(name) ? [post] : []));
    const sections = [
      `## ${name}`,
      description,
      ...here.map(({ method, path, operation }) =>
        operationSection(method, path, operation, components.schemas),
      ),
      ...sent.map((operation) => webhookSection(operation, components.schemas)),
    ];
    const summaries = [...here.map(({ operation }) => operation), ...sent].map(({ summary }) => summary);
    return { name, summaries, text: sections.join("\n\n") };
  });
  const explained = new Set(
    [
      ...operations.map(({ operation }) => operation),
      ...Object.values(webhooks).flatMap(Object.values),
    ].flatMap(bodiesOf),
  );
  const objects = Object.entries(components.schemas)
    .filter(([name]) => !explained.has(name))
    .map(([name, schema]) => objectSection(name, schema));
  const contents = [
    "- [Start here](#start-here)",
    "- [What holds everywhere](#what-holds-everywhere)",
    ...parts.flatMap(({ name, summaries }) => [
      `- [${name}](#${anchorOf(name)})`,
      ...summaries.map((summary) => `  - [${summary}](#${anchorOf(summary)})`),
    ]),
    "- [Objects](#objects)",
  ].join("\n");
  return [
    START.replace("## Start here", `## Contents\n\n${contents}\n\n## Start here`).trimEnd(),
    ...parts.map(({ text }) => text),
    `## Objects\n\n${objects.join("\n\n")}`,
    "",
  ]
    .join("\n\n")
    .replaceAll("](/docs/errors", "](errors.md")
    .replaceAll("](/docs/options", "](options.md")
    .trimEnd()
    .concat("\n");
}
