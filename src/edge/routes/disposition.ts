import { EXTENSION } from "../../contract/transform/fields.ts";
import type { AnswerFormat } from "../../contract/transform.ts";
import { mediaType } from "../stylize/variant.ts";

const FORMATS = Object.keys(EXTENSION) as AnswerFormat[];

/** To be looked at; whoever saves it gets a file named by its style. */
export function inline(style: string, contentType: string): string {
  const format = FORMATS.find((format) => mediaType(format) === contentType);
  return `inline; filename="${style}${format ? `.${EXTENSION[format]}` : ""}"`;
}
