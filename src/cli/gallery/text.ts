import { seconds } from "../terminal.mjs";

/** "740 B", "12 kB", "3.4 MB": of a thousand each. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 9.95e6 ? 1 : 0)} MB`;
}

/** "7 ms", "0.4 s": milliseconds to people, never broken into two lines. */
export const timeText = (milliseconds: number): string =>
  (milliseconds < 100 ? `${Math.round(milliseconds)} ms` : seconds(milliseconds)).replace(" ", "\u00a0");

/** "1 face", "2 faces". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** Safe as the text of an element, and in the quotes of an attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
