import { createParser } from "eventsource-parser";
import type { Pause } from "./pause.ts";
import type { Stylization, StylizationEvent } from "./types.ts";

/** Opens the stream, after the event with this id. */
export type Open = (lastEventId: string | undefined) => Promise<ReadableStream<Uint8Array>>;

/** Whether nothing more will happen to it. */
export const hasEnded = ({ status }: Pick<Stylization, "status">): boolean =>
  status === "succeeded" || status === "failed" || status === "canceled";

/** Breaks in a row, without an event between them, before it is given up. */
const MOST_BREAKS = 5;

/**
 * The events of a stylization up to its end, over as many connections as it takes; each once.
 *
 * @throws whatever opening a connection does, and the last break's error
 */
export async function* follow(
  open: Open,
  pause: Pause,
  signal: AbortSignal | undefined,
): AsyncGenerator<StylizationEvent, void, undefined> {
  let lastEventId: string | undefined;
  let retry = 1;
  for (let breaks = 0; ; breaks += 1) {
    const body = await open(lastEventId);
    let broken: unknown = new Error("The events ended before the stylization did.");
    try {
      for await (const message of messagesOf(body, (seconds) => {
        retry = seconds;
      })) {
        lastEventId = message.id ?? lastEventId;
        breaks = 0;
        const event = JSON.parse(message.data) as StylizationEvent;
        yield event;
        if (event.type === "status" && hasEnded(event.stylization)) return;
      }
    } catch (error) {
      if (signal?.aborted || error instanceof SyntaxError) throw error;
      broken = error;
    }
    if (breaks >= MOST_BREAKS) throw broken;
    await pause(retry, signal);
  }
}

type Message = { id?: string | undefined; data: string };

async function* messagesOf(body: ReadableStream<Uint8Array>, onRetry: (seconds: number) => void) {
  const messages: Message[] = [];
  const parser = createParser({
    onEvent: (message) => messages.push(message),
    onRetry: (milliseconds) => onRetry(milliseconds / 1000),
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
