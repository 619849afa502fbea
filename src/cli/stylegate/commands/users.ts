import type { Command } from "../command.ts";
import { asking } from "./asking.ts";
import { erasureText } from "./erased.ts";

/** What is stored of somebody, and its end. */
export const USERS: Command[] = [
  asking({
    name: "users show",
    summary: "see what is stored of a user",
    about: "Lists the ids of what is stored of a user.",
    takes: "USER",
    ask: (api, user) => api.GET("/v1/users/{user}", { params: { path: { user } } }),
    tell: ({ user, uploads, stylizations }) =>
      uploads.length + stylizations.length === 0
        ? `Nothing is stored of ${user}.\n`
        : [...uploads.map((id) => `upload:${id}\n`), ...stylizations.map((id) => `stylization ${id}\n`)].join(
            "",
          ),
  }),
  asking({
    name: "users erase",
    summary: "erase everything of a user",
    about: "Erases the photos of a user, and everything that was made of them.",
    takes: "USER",
    ask: (api, user) => api.DELETE("/v1/users/{user}", { params: { path: { user } } }),
    tell: erasureText,
  }),
];
