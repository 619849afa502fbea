import type { Command } from "../command.ts";
import { text, type Values } from "../flags.ts";
import { asking } from "./asking.ts";
import { erasureText } from "./erased.ts";

const own = {
  flags: { owner: { type: "string" as const } },
  help: `  --owner KEY      the id of the key whose user it is, key_…, for the operator;
                   without it one's own: each key has users of its own`,
};

const of = (user: string, values: Values) => {
  const owner = text(values, "owner");
  return { params: { path: { user }, query: owner === undefined ? {} : { owner } } };
};

/** Whoever may look at others' things is not to take this for all there is. */
const ONLY_OWN =
  "Only what was sent with this key or secret was looked at. The operator names another key with --owner key_….\n";

const lookedAt = (values: Values) => (text(values, "owner") === undefined ? ONLY_OWN : "");

/** What is stored of somebody, and its end. */
export const USERS: Command[] = [
  asking({
    name: "users show",
    summary: "see what is stored of a user",
    about: "Lists the ids of what is stored of a user.",
    takes: "USER",
    own,
    example: "npx stylegate users show u_4711 --owner key_8fTq2LmZ0aXc",
    ask: (api, user, values) => api.GET("/v1/users/{user}", of(user, values)),
    tell: ({ user, uploads, stylizations }, _, values) =>
      uploads.length + stylizations.length === 0
        ? `Nothing is stored of ${user}. ${lookedAt(values)}`.trim().concat("\n")
        : [...uploads.map((id) => `upload:${id}\n`), ...stylizations.map((id) => `stylization ${id}\n`)].join(
            "",
          ),
  }),
  asking({
    name: "users erase",
    summary: "erase everything of a user",
    about: "Erases the photos of a user, and everything that was made of them.",
    takes: "USER",
    own,
    example: "npx stylegate users erase u_4711 --owner key_8fTq2LmZ0aXc",
    ask: (api, user, values) => api.DELETE("/v1/users/{user}", of(user, values)),
    tell: (erasure, _, values) =>
      erasureText(erasure) + (erasure.uploads + erasure.stylizations === 0 ? lookedAt(values) : ""),
  }),
];
