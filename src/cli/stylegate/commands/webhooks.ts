import { type Delivery, dataOf, type Stylegate } from "../../../client/index.ts";
import { DELIVERY_STATES } from "../../../contract/api/webhooks.ts";
import { misused } from "../../command-line.mjs";
import { Complaint } from "../../complaint.mjs";
import type { Command } from "../command.ts";
import { REMOTE, REMOTE_HELP, text } from "../flags.ts";
import { facts, table } from "../table.ts";
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
                  `${each.lastStatus ?? (each.lastError === undefined ? "" : "no answer")}`,
                  each.url,
                ]),
                width,
              ),
      );
    },
  },
  asking({
    name: "webhooks show",
    summary: "see what became of one, and why",
    about: "Shows a webhook, with what was wrong when it was last sent.",
    takes: "ID",
    example: "npx stylegate webhooks show msg_9fGk2mVx4Qb7TzLr0WcYhA",
    ask: deliveryOf,
    tell: (each) =>
      facts({
        id: each.id,
        state: each.state,
        type: each.type,
        url: each.url,
        stylization: each.stylization,
        attempts: `${each.attempts}`,
        "last status": each.lastStatus?.toString(),
        "last error": each.lastError,
        created: toTheMinute(each.createdAt),
        "next attempt": toTheMinute(each.nextAttemptAt),
        delivered: toTheMinute(each.deliveredAt),
      }),
  }),
  asking({
    name: "webhooks replay",
    summary: "deliver a webhook again",
    about: "Delivers a webhook again, under the same id: msg_…, as webhooks list has it.",
    takes: "ID",
    ask: (api, id) => api.POST("/v1/webhooks/deliveries/{id}/replay", { params: { path: { id } } }),
    tell: ({ id, url }) => `${id} is on its way to ${url}.\n`,
  }),
];

/** Out of the list, page by page: the newest are the first. @throws Complaint */
async function deliveryOf(api: Stylegate, id: string): Promise<{ data: Delivery; response: Response }> {
  for (let before: string | undefined; ; ) {
    const query = before === undefined ? {} : { before };
    const answered = await api.GET("/v1/webhooks/deliveries", { params: { query } });
    const { deliveries } = dataOf(answered);
    const data = deliveries.find((each) => each.id === id);
    if (data) return { data, response: answered.response };
    before = deliveries.at(-1)?.createdAt;
    if (before === undefined)
      throw new Complaint(`There is no webhook "${id}": webhooks list has what there is.`);
  }
}
