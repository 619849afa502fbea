import { ALWAYS, AUTHENTICATED } from "../common.ts";
import { EXAMPLES } from "./examples.ts";
import { fieldsTable, parametersTable } from "./fields.ts";
import { nameIn, type Operation, type Parameter, type Schema } from "./schema.ts";
import { typeText } from "./type.ts";

/** An operation's section: what it is for, how to call it, and what comes of it. */
export function operationSection(
  method: string,
  path: string,
  operation: Operation,
  schemas: Record<string, Schema>,
): string {
  const { summary, description, parameters = [], operationId } = operation;
  return [
    `### ${summary}`,
    `\`${method.toUpperCase()} ${path}\` · ${whoMayCall(operation)}`,
    description,
    shell(EXAMPLES[operationId]),
    parameters.some(saysSomething) ? parametersTable(parameters) : undefined,
    bodyText(operation, schemas),
    answersText(operation),
    problemsText(operation),
  ]
    .filter((part) => part !== undefined)
    .join("\n\n");
}

/** What the service sends itself. */
export function webhookSection(
  { summary, description, parameters = [], ...operation }: Operation,
  schemas: Record<string, Schema>,
): string {
  return [
    `### ${summary}`,
    "`POST` to the stylization's `webhook` · signed by the service",
    description,
    parametersTable(parameters),
    bodyText(operation, schemas),
    "**Answer** with any status from 200 to 299 within ten seconds, and do the work behind it.",
  ].join("\n\n");
}

export const shell = (lines: string | undefined) => (lines ? `\`\`\`sh\n${lines}\n\`\`\`` : undefined);

function whoMayCall({ security = [], "x-keys-only": isForKeys }: Operation): string {
  const bearer = security.find((requirement) => "bearer" in requirement)?.bearer;
  if (!bearer) return "for everybody";
  const whose = isForKeys ? "a key" : "a key or a token";
  const named = bearer.map((scope) => `\`${scope}\``).join(" and ");
  const needed =
    bearer.length > 0 ? `${whose} with the scope${bearer.length > 1 ? "s" : ""} ${named}` : whose;
  return security.some((requirement) => !("bearer" in requirement)) ? `a signed URL, or ${needed}` : needed;
}

/** An id in the path is what one expects there. */
const saysSomething = ({ in: place, description }: Parameter) =>
  place !== "path" || description !== undefined;

function bodyText({ requestBody }: Pick<Operation, "requestBody">, schemas: Record<string, Schema>) {
  if (!requestBody) return undefined;
  const types = Object.entries(requestBody.content);
  const bytes = types.filter(([, { schema }]) => !schema?.$ref).map(([type]) => `\`${type}\``);
  const objects = types.flatMap(([type, { schema }]) => {
    const named = schema?.$ref && schemas[nameIn(schema.$ref)];
    if (!named) return [];
    const about = named.description ? `: ${named.description}` : "";
    return [`**Body** \`${type}\`${about}\n\n${fieldsTable(named)}`];
  });
  return [...(bytes.length > 0 ? [`**Body** ${bytes.join(" or ")}: the bytes`] : []), ...objects].join(
    "\n\n",
  );
}

/** The objects that are a request's body, and explained there. */
export const bodiesOf = ({ requestBody }: Operation): string[] =>
  Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
    schema?.$ref ? [nameIn(schema.$ref)] : [],
  );

function answersText({ responses }: Operation): string {
  const lines = Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, { description, content = {}, headers = {} }]) => {
      const bodies = Object.entries(content).map(([type, { schema }]) => bodyOf(type, schema));
      const named = Object.keys(headers).map((name) => `\`${name}\``);
      const parts = [
        ...(bodies.length > 0 ? [bodies.join(" or ")] : []),
        ...(named.length > 0 ? [`headers ${named.join(", ")}`] : []),
      ];
      return `- \`${status}\` ${description}${parts.length > 0 ? ` ${parts.join("; ")}.` : ""}`;
    });
  return `**Answers**\n\n${lines.join("\n")}`;
}

function bodyOf(type: string, schema: Schema | undefined): string {
  if (type === "application/json" && schema) {
    if (schema.$ref) return typeText(schema);
    const inner = Object.entries(schema.properties ?? {});
    return inner.length > 0 ? `\`{ ${inner.map(([name]) => name).join(", ")} }\`${listedIn(schema)}` : "JSON";
  }
  return schema?.$ref ? `\`${type}\` of ${typeText(schema)}` : `\`${type}\``;
}

/** Where a list is all that an answer has, whose it is. */
function listedIn({ properties = {} }: Schema): string {
  const [list, ...more] = Object.values(properties);
  const ref = list?.items?.$ref;
  return ref && more.length === 0 ? ` of [${nameIn(ref)}](#${nameIn(ref).toLowerCase()})` : "";
}

/** Those that every operation may have; the page names them once. */
const EVERYWHERE = new RegExp(
  `\\[\`(?:${[...ALWAYS, ...AUTHENTICATED].join("|")})\`\\]\\([^)]*\\)(?:, )?`,
  "g",
);

function problemsText({ responses }: Operation): string | undefined {
  const lines = Object.entries(responses)
    .filter(([, { content }]) => content?.["application/problem+json"])
    .map(([status, { description }]) => [status, description.replace(EVERYWHERE, "").replace(/, $/, "")])
    .flatMap(([status, links]) => (links ? [`\`${status}\` ${links}`] : []));
  return lines.length === 0 ? undefined : `**Problems** ${lines.join(" · ")}`;
}

/** An object that requests and answers have. */
export function objectSection(name: string, schema: Schema): string {
  const variants = schema.oneOf ?? [schema];
  const tables = variants.map((variant) => (variant.properties ? fieldsTable(variant) : typeText(variant)));
  return [`### ${name}`, ...(schema.description ? [schema.description] : []), ...tables].join("\n\n");
}
