import { RANDOM_ID } from "../../names.ts";
import { nameIn, type Schema } from "./schema.ts";

/** More than these are not for a table. */
const MOST_VALUES = 12;
const LONGEST_PATTERN = 48;

/** A schema in a cell of a table, for people: "whole number, 1–12000". */
export function typeText(schema: Schema): string {
  const [first] = schema.allOf ?? [];
  if (first) return typeText(first);
  if (schema.$ref) return `[${nameIn(schema.$ref)}](#${nameIn(schema.$ref).toLowerCase()})`;
  if (schema.const !== undefined) return value(schema.const);
  if (Array.isArray(schema.type)) return `${typeText({ ...schema, type: schema.type[0] })}, or \`null\``;
  if (schema.enum) return valuesText(schema.enum);
  switch (schema.type) {
    case "string":
      return stringText(schema);
    case "integer":
      return `whole number${rangeText(schema.minimum, schema.maximum)}`;
    case "number":
      return `number${rangeText(schema.minimum, schema.maximum)}`;
    case "boolean":
      return "`true` or `false`";
    case "array":
      return `list${amount(schema)} of ${typeText(schema.items ?? {})}`;
    case "object":
      return objectText(schema);
    default:
      return "JSON";
  }
}

export const value = (of: unknown): string => `\`${typeof of === "string" ? of : JSON.stringify(of)}\``;

const amount = ({ minItems, maxItems }: Schema) => {
  const range = rangeText(minItems, maxItems).slice(2);
  return range && ` (${range})`;
};

function valuesText(values: readonly string[]): string {
  return values.length > MOST_VALUES ? "a code" : values.map(value).join(", ");
}

function stringText({ format, pattern, minLength, maxLength, description }: Schema): string {
  if (format === "date-time") return "time";
  if (format === "uri") return "URL";
  if (format === "binary") return "bytes";
  if (pattern === RANDOM_ID.source) return "id";
  // Words say it better, where there are some.
  const isShown = pattern !== undefined && pattern.length <= LONGEST_PATTERN && description === undefined;
  if (isShown) return `text, \`${pattern}\``;
  if (maxLength === undefined) return "text";
  return `text, ${minLength ? `${minLength}–` : "up to "}${maxLength} characters`;
}

function objectText({ properties, additionalProperties }: Schema): string {
  if (properties) return "object";
  const isMap = typeof additionalProperties === "object";
  return isMap ? `object of ${typeText(additionalProperties)}` : "object";
}

const rangeText = (least?: number, most?: number) => {
  // What zod says of every integer.
  const end = most === undefined || most >= Number.MAX_SAFE_INTEGER ? undefined : most;
  const start = least === undefined || least <= Number.MIN_SAFE_INTEGER ? undefined : least;
  if (start === undefined && end === undefined) return "";
  if (end === undefined) return `, ${start} or more`;
  if (start === undefined) return `, up to ${end}`;
  return start === end ? `, ${start}` : `, ${start}–${end}`;
};
