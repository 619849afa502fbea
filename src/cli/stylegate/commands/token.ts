import { DEFAULT_TOKEN_TTL, MAX_TOKEN_TTL, MIN_TOKEN_TTL, TOKEN_SCOPES } from "../../../contract/api/keys.ts";
import { misused } from "../../command-line.mjs";
import type { Command } from "../command.ts";
import { list, REMOTE, REMOTE_HELP, text, whole } from "../flags.ts";
import { answer, toTheMinute } from "./answer.ts";

export const TOKEN: Command = {
  name: "token",
  summary: "mint a token for an app",
  help: `Mints a token, which an app may have in place of the key. It alone goes to
standard output.

  stylegate token [--user ID] [--scopes LIST] [--expires-in SECONDS]

  --user ID             the one user whose pictures it may make and see
  --scopes LIST         of ${TOKEN_SCOPES.join(", ")}; without it the key's own
  --expires-in SECONDS  ${MIN_TOKEN_TTL} to ${MAX_TOKEN_TTL}; without it ${DEFAULT_TOKEN_TTL}

${REMOTE_HELP}

  TOKEN=$(npx stylegate token --user u_4711)`,
  flags: {
    ...REMOTE,
    user: { type: "string" },
    scopes: { type: "string" },
    "expires-in": { type: "string" },
  },
  takes: [0, 0],
  run: ({ values }, place) => {
    const user = text(values, "user");
    const expiresIn = whole(values, "expires-in", MIN_TOKEN_TTL);
    const scopes = list(values, "scopes")?.map((name) => {
      const scope = TOKEN_SCOPES.find((scope) => scope === name);
      if (scope) return scope;
      throw misused(`A token has no scope "${name}"; there are: ${TOKEN_SCOPES.join(", ")}.`);
    });
    const body = {
      ...(user !== undefined && { user }),
      ...(scopes !== undefined && { scopes }),
      ...(expiresIn !== undefined && { expiresIn }),
    };
    return answer(
      values,
      place,
      (api) => api.POST("/v1/tokens", { body }),
      ({ token, expiresAt }) => {
        place.stderr.write(`It holds until ${toTheMinute(expiresAt)} UTC, and is shown this once.\n`);
        return `${token}\n`;
      },
    );
  },
};
