import type { StylizationEvent } from "../../contract/api/stylizations.ts";
import { isOver, type JobState, outputOf, stylizationOf } from "./state.ts";

/** What those who follow a stylization are told when it becomes another: outputs that have ended, then how all of it stands. */
export function newsOf(before: JobState | undefined, after: JobState): StylizationEvent[] {
  const outputs = after.outputs.flatMap((output, index): StylizationEvent[] => {
    const was = before?.outputs[index];
    return isOver(output) && was?.status !== output.status
      ? [{ type: "output", output: outputOf(output, index) }]
      : [];
  });
  const isNew = before?.status !== after.status;
  return isNew ? [...outputs, { type: "status", stylization: stylizationOf(after) }] : outputs;
}

/** Of a server-sent event, https://html.spec.whatwg.org/multipage/server-sent-events.html; JSON has no line breaks. */
export const spelled = (id: number, event: StylizationEvent): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
