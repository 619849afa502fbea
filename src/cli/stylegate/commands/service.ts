import { misused } from "../../command-line.mjs";
import type { Command } from "../command.ts";
import { list, REMOTE, REMOTE_HELP } from "../flags.ts";
import { table } from "../table.ts";
import { answer } from "./answer.ts";
import { asking } from "./asking.ts";

export const STYLES = asking({
  name: "styles",
  summary: "list the styles",
  about: "Lists the styles, with their licences.",
  example: "npx stylegate styles --json",
  ask: (api) => api.GET("/v1/styles"),
  tell: ({ styles }, width) =>
    table(
      ["STYLE", "NAME", "VERSION", "COMMERCIAL USE"],
      styles.map(({ id, name, version, commercialUse }) => [id, name, version, commercialUse ? "yes" : "no"]),
      width,
    ),
});

export const PURGE: Command = {
  name: "purge",
  summary: "have pictures made anew",
  help: `Has pictures made anew when they are next asked for. No upload is deleted.

  stylegate purge [--source URL]… [--style ID]… [--tag TAG]… [options]

  --source, --style, --tag   of or in what; each as often as needed

${REMOTE_HELP}

  npx stylegate purge --source https://example.com/me.jpg --style toon`,
  flags: {
    ...REMOTE,
    source: { type: "string", multiple: true },
    style: { type: "string", multiple: true },
    tag: { type: "string", multiple: true },
  },
  takes: [0, 0],
  run: ({ values }, place) => {
    const sources = [values.source ?? []].flat().map(String); // a URL may have commas
    const body = { sources, styles: list(values, "style") ?? [], tags: list(values, "tag") ?? [] };
    if (body.sources.length + body.styles.length + body.tags.length === 0)
      throw misused("Say what to purge: --source, --style or --tag.");
    return answer(
      values,
      place,
      (api) => api.POST("/v1/purge", { body }),
      ({ purged, everywhereWithin }) => `Purged: ${purged}, everywhere within ${everywhereWithin} s.\n`,
    );
  },
};
