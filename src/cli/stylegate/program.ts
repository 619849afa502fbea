import project from "../../../package.json" with { type: "json" };
import { nearest } from "../../contract/transform/nearest.ts";
import { misused } from "../command-line.mjs";
import { Complaint, INTERRUPTED } from "../complaint.mjs";
import type { Command, Place } from "./command.ts";
import { KEYS } from "./commands/keys.ts";
import { PURGE, STYLES } from "./commands/service.ts";
import { SIGN } from "./commands/sign.ts";
import { TOKEN } from "./commands/token.ts";
import { UPLOADS } from "./commands/uploads.ts";
import { USAGE } from "./commands/usage.ts";
import { USERS } from "./commands/users.ts";
import { WEBHOOKS } from "./commands/webhooks.ts";
import { drawCommand } from "./draw/draw.ts";
import { readFlags } from "./flags.ts";
import { explained, nameOf } from "./remote.ts";

const DRAW = drawCommand((word) => commandMeant(word));
const COMMANDS: Command[] = [DRAW, STYLES, TOKEN, ...KEYS, USAGE, ...WEBHOOKS, ...USERS, ...UPLOADS, PURGE];

/**
 * Runs a command line.
 *
 * @returns the exit code: 0, 1 where something could not be done, 130 where Ctrl-C came first
 * @throws Complaint, with 2 where the command line makes no sense
 */
export async function stylegate(args: string[], place: Place): Promise<number> {
  const [first = "", second = ""] = args;
  if (args.length === 0 || ["help", "-h", "--help"].includes(first)) return say(place, overview());
  if (first === "--version") return say(place, `${project.version}\n`);
  if (first === SIGN.name) {
    if (args.slice(1).some(isHelpFlag)) return say(place, SIGN.help);
    return say(place, await SIGN.whole(args.slice(1), place.env));
  }
  if (isHelpFlag(second) && groupOf(first).length > 0) return say(place, groupHelp(first));
  const { command, rest } = commandOf(args, first, second);
  const { isHelp, values, names } = readFlags(rest, command);
  if (isHelp) return say(place, `${command.help}\n`);
  try {
    return await command.run({ values, names }, place);
  } catch (error) {
    if (place.stop.aborted) return INTERRUPTED;
    const sentence = explained(error, nameOf(values, place.env));
    if (sentence === undefined) throw error;
    throw new Complaint(sentence);
  }
}

const isHelpFlag = (arg: string) => arg === "--help" || arg === "-h";

function say({ stdout }: Place, text: string): number {
  stdout.write(text);
  return 0;
}

/** What does not name a command is what shall be drawn. */
function commandOf(args: string[], first: string, second: string): { command: Command; rest: string[] } {
  const two = COMMANDS.find(({ name }) => name === `${first} ${second}`);
  if (two) return { command: two, rest: args.slice(2) };
  const one = COMMANDS.find(({ name }) => name === first);
  if (one) return { command: one, rest: args.slice(1) };
  const group = groupOf(first);
  if (group.length > 0) {
    const meant = nearest(
      second,
      group.map(({ name }) => name.slice(first.length + 1)),
    );
    const list = listOf(group);
    throw misused(
      second === "" || second.startsWith("-")
        ? `stylegate ${first} is followed by what to do:\n\n${list}`
        : `There is no stylegate ${first} ${second}${meant ? `; did you mean ${first} ${meant}?` : `:\n\n${list}`}`,
    );
  }
  return { command: DRAW, rest: args };
}

/** The commands of two words that begin with this one. */
const groupOf = (word: string) => COMMANDS.filter(({ name }) => name.startsWith(`${word} `));

const listOf = (group: readonly Command[]) =>
  group.map(({ name, summary }) => `  stylegate ${name.padEnd(WIDTH)} ${summary}`).join("\n");

const groupHelp = (word: string) =>
  `What stylegate ${word} does:\n\n${listOf(groupOf(word))}\n\n--help after any of them says what it takes.\n`;

/** What a word that is neither a file nor a command may have been meant to be. */
function commandMeant(word: string): string | undefined {
  const words = [...new Set(COMMANDS.map(({ name }) => name.split(" ")[0] ?? "")), SIGN.name];
  return nearest(word, words);
}

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length)) + 1;

function overview(): string {
  const lines = [...COMMANDS.slice(1), SIGN].map(({ name, summary }) => `  ${name.padEnd(WIDTH)} ${summary}`);
  return `Draws portraits, with a stylegate service.

  stylegate PHOTO… --style ID -o OUT     draw photos, or folders of them
  stylegate COMMAND --help               what a command takes

${lines.join("\n")}

  npx stylegate photo.jpg --style handdrawn -o out.webp
  npx stylegate photos --style toon,engraving -o drawn

Without --url or STYLEGATE_URL it asks the service that npm start runs on this
machine; where there is none, drawing starts one for itself. A service that
asks for a key gets the one in STYLEGATE_KEY. docs/cli.md says more.
`;
}
