import { DELIVERY_STATES } from "../../../contract/api/webhooks.ts";
import type { Command } from "../command.ts";
import { misused, REMOTE, REMOTE_HELP, text } from "../flags.ts";
import { table } from "../table.ts";
import { answer, toTheMinute } from "./answer.ts";
import { asking } from "./asking.ts";

export const WEBHOOKS: Command[] = [
  asking({
    name: "webhooks secret",
    summary: "make a secret to verify webhooks with",
    about: `Makes the key's secret to verify webhooks with, which is shown once. The one
before goes on for a day.`,
    ask: (api) => api.POST("/v1/webhooks/secret"),
    tell: ({ secret, previousUntil }) =>
      `${secret}\n\nThis is shown once. Give it to whoever receives the webhooks: verifyWebhook takes it.\n${
        previousUntil ? `The one before signs too until ${toTheMinute(previousUntil)} UTC.\n` : ""
      }`,
  }),
  {
    name: "webhooks list",
    summary: "see what became of webhooks",
    help: `Lists what became of webhooks, the newest first.

  stylegate webhooks list [--state STATE] [options]

  --state STATE    ${DELIVERY_STATES.join(", ")}; the dead are the dead-letter list

${REMOTE_HELP}

  npx stylegate webhooks list --state dead`,
    flags: { ...REMOTE, state: { type: "string" } },
    takes: [0, 0],
    run: ({ values }, place) => {
      const given = text(values, "state");
      const state = DELIVERY_STATES.find((state) => state === given);
      if (given !== undefined && !state)
        throw misused(`There is no state "${given}"; there are: ${DELIVERY_STATES.join(", ")}.`);
      return answer(
        values,
        place,
        (api) => api.GET("/v1/webhooks/deliveries", { params: { query: state ? { state } : {} } }),
        ({ deliveries }, width) =>
          deliveries.length === 0
            ? "There are none.\n"
            : table(
                ["ID", "STATE", "TRIES", "LAST", "URL"],
                deliveries.map((each) => [
                  each.id,
                  each.state,
                  `${each.attempts}`,
                  `${each.lastStatus ?? each.lastError ?? ""}`,
                  each.url,
                ]),
                width,
              ),
      );
    },
  },
  asking({
    name: "webhooks replay",
    summary: "deliver a webhook again",
    about: "Delivers a webhook again, under the same id: msg_…, as webhooks list has it.",
    takes: "ID",
    ask: (api, id) => api.POST("/v1/webhooks/deliveries/{id}/replay", { params: { path: { id } } }),
    tell: ({ id, url }) => `${id} is on its way to ${url}.\n`,
  }),
];
