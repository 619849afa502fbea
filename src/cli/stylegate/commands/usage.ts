import type { Usage } from "../../../client/index.ts";
import { sizeText } from "../../text.ts";
import type { Command } from "../command.ts";
import { REMOTE, REMOTE_HELP, text } from "../flags.ts";
import { facts, table } from "../table.ts";
import { answer } from "./answer.ts";

export const USAGE: Command = {
  name: "usage",
  summary: "what a key has used in a month",
  help: `Tells what the key has used in a month, or, with the scope admin, what
another one has.

  stylegate usage [--key ID] [--month 2026-11] [options]

  --key ID         another key than one's own: its id, key_…
  --month MONTH    without it the current one, in UTC

${REMOTE_HELP}

  npx stylegate usage --key key_8fTq2LmZ0aXc --month 2026-11`,
  flags: { ...REMOTE, key: { type: "string" }, month: { type: "string" } },
  takes: [0, 0],
  run: ({ values }, place) => {
    const key = text(values, "key");
    const month = text(values, "month");
    const query = month === undefined ? {} : { month };
    return answer(
      values,
      place,
      (api) =>
        key === undefined
          ? api.GET("/v1/usage", { params: { query } })
          : api.GET("/v1/keys/{id}/usage", { params: { path: { id: key }, query } }),
      usageText,
    );
  },
};

function usageText({ key, month, quotas, reserved, days, ...counts }: Usage, width: number): string {
  const { requests, refused, uploads, uploadBytes, pictures } = counts;
  const limit = quotas.perMonth === undefined ? "" : ` of ${quotas.perMonth}`;
  const under = reserved > 0 ? `, and ${reserved} under way` : "";
  const head = facts({
    key,
    month,
    pictures: `${pictures}${limit}${under}`,
    requests: `${requests}${refused > 0 ? `, ${refused} refused` : ""}`,
    uploads: `${uploads} (${sizeText(uploadBytes)})`,
  });
  if (days.length === 0) return head;
  const rows = days.map((each) =>
    [each.day, each.pictures, each.requests, each.refused, each.uploads].map(String),
  );
  return `${head}\n${table(["DAY", "PICTURES", "REQUESTS", "REFUSED", "UPLOADS"], rows, width)}`;
}
