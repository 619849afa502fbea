import type { Parameter, Schema } from "./schema.ts";
import { typeText, value } from "./type.ts";

/** A table of an object's fields, those of objects within it by their paths. */
export function fieldsTable(schema: Schema): string {
  return table(["field", "type", "given", "meaning"], rowsOf(schema, ""));
}

export function parametersTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(({ name, in: place, required, schema, description }) => [
    `\`${name}\``,
    place,
    typeText(schema),
    presence(schema, required ?? false),
    description ?? "",
  ]);
  return table(["parameter", "in", "type", "given", "meaning"], rows);
}

function rowsOf({ properties = {}, required = [] }: Schema, before: string): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = before + name;
    const row = [
      `\`${path}\``,
      typeText(field),
      presence(field, required.includes(name)),
      field.description ?? "",
    ];
    const inner = field.type === "array" ? field.items : field;
    const within = inner?.properties ? rowsOf(inner, `${path}${inner === field ? "." : "[]."}`) : [];
    return [row, ...within];
  });
}

function presence(schema: Schema, isRequired: boolean): string {
  if (schema.default !== undefined) return `default ${value(schema.default)}`;
  return isRequired ? "**required**" : "";
}

export function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
