import { seconds } from "../terminal.mjs";

/** "7 ms", "0.4 s": milliseconds to people, never broken into two lines. */
export const timeText = (milliseconds: number): string =>
  (milliseconds < 100 ? `${Math.round(milliseconds)} ms` : seconds(milliseconds)).replace(" ", "\u00a0");

/** Safe as the text of an element, and in the quotes of an attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
