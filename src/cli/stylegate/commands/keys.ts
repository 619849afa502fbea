import type { Key, KeyRequest } from "../../../client/index.ts";
import { SCOPES } from "../../../contract/api/common.ts";
import { DEFAULT_OPEN } from "../../../contract/api/keys.ts";
import { misused } from "../../command-line.mjs";
import type { Command, Flags } from "../command.ts";
import { list, REMOTE, REMOTE_HELP, text, type Values, whole } from "../flags.ts";
import type { Remote } from "../remote.ts";
import { facts, table } from "../table.ts";
import { answer, toTheMinute } from "./answer.ts";
import { asking } from "./asking.ts";

const SETTINGS: Flags = {
  name: { type: "string" },
  scopes: { type: "string" },
  sources: { type: "string" },
  webhooks: { type: "string" },
  styles: { type: "string" },
  "per-minute": { type: "string" },
  "per-month": { type: "string" },
  open: { type: "string" },
  expires: { type: "string" },
};

const SETTINGS_HELP = `  --name NAME        for people
  --scopes LIST      of transform, upload, admin
  --sources LIST     hosts that pictures may be fetched from
  --webhooks LIST    hosts that webhooks may go to
  --styles LIST      ids of the styles that it may draw in
  --per-minute N     requests in each minute
  --per-month N      pictures in each calendar month
  --open N           pictures under way at once
  --expires TIME     until when it holds: 2027-01-31, or with a time, in UTC`;

const ONCE = "This is shown once: the service has only its hash. Put it where secrets are kept.";

export const KEYS: Command[] = [
  {
    name: "keys create",
    summary: "make a key",
    help: `Makes a key. It is shown once.

  stylegate keys create --name NAME --scopes LIST [options]

${SETTINGS_HELP}

${REMOTE_HELP}

  export STYLEGATE_KEY=$ADMIN_SECRET
  npx stylegate keys create --name "iOS app" --scopes transform,upload`,
    flags: { ...REMOTE, ...SETTINGS },
    takes: [0, 0],
    run: ({ values }, place) => {
      const { name, scopes, ...more } = settings(values);
      if (name === undefined || scopes === undefined) throw misused("A key needs --name and --scopes.");
      return answer(
        values,
        place,
        (api) => api.POST("/v1/keys", { body: { name, scopes, ...more } }),
        (key) => `${key.key}\n\n${ONCE}\n\n${keyFacts(key)}`,
      );
    },
  },
  asking({
    name: "keys list",
    summary: "list all keys",
    about: "Lists all keys, without their secrets.",
    ask: everyKey,
    tell: ({ keys }, width) =>
      keys.length === 0
        ? "There are no keys yet: stylegate keys create makes one.\n"
        : table(
            ["ID", "NAME", "SCOPES", "A MONTH", "LAST USED", ""],
            keys.map((key) => [
              key.id,
              key.name,
              key.scopes.join(","),
              key.quotas.perMonth?.toString() ?? "",
              toTheMinute(key.lastUsedAt) ?? "never",
              stateOf(key),
            ]),
            width,
          ),
  }),
  asking({
    name: "keys show",
    summary: "show a key",
    about: "Shows a key, without its secret.",
    takes: "ID",
    ask: (api, id) => api.GET("/v1/keys/{id}", of(id)),
    tell: keyFacts,
  }),
  {
    name: "keys change",
    summary: "change what a key may do",
    help: `Changes a key; what is not named stays as it is.

  stylegate keys change ID [options]

${SETTINGS_HELP}

${REMOTE_HELP}

  npx stylegate keys change key_8fTq2LmZ0aXc --per-month 200000`,
    flags: { ...REMOTE, ...SETTINGS },
    takes: [1, 1],
    run: ({ values, names: [id = ""] }, place) => {
      const body = settings(values);
      if (Object.keys(body).length === 0) throw misused("Say what to change: --help lists what there is.");
      return answer(values, place, (api) => api.PATCH("/v1/keys/{id}", { ...of(id), body }), keyFacts);
    },
  },
  asking({
    name: "keys rotate",
    summary: "give a key a new secret",
    about:
      "Gives a key a new secret, which is shown once. The old one goes on for an hour,\nand so do the tokens that it has minted. If it has leaked, rotate twice: that\nends it and them at once.",
    takes: "ID",
    ask: (api, id) => api.POST("/v1/keys/{id}/rotate", of(id)),
    tell: ({ key }) => `${key}\n\n${ONCE} The old one goes on for an hour.\n`,
  }),
  asking({
    name: "keys revoke",
    summary: "revoke a key",
    about: "Revokes a key, at once, and the tokens that it has minted.",
    takes: "ID",
    ask: (api, id) => api.DELETE("/v1/keys/{id}", of(id)),
    tell: ({ id, name, revokedAt }) => `${id} (${name}) is revoked since ${toTheMinute(revokedAt)} UTC.\n`,
  }),
];

/** Page by page. */
async function everyKey(api: Remote["stylegate"]) {
  const keys: Key[] = [];
  for (let before: string | undefined; ; ) {
    const page = await api.GET("/v1/keys", { params: { query: before === undefined ? {} : { before } } });
    if (!page.data) return { error: page.error, response: page.response };
    keys.push(...page.data.keys);
    before = page.data.next;
    if (before === undefined) return { data: { keys }, response: page.response };
  }
}

const of = (id: string) => ({ params: { path: { id } } });

/** What the flags say of a key, and nothing that they do not. */
function settings(values: Values): Partial<KeyRequest> {
  const perMinute = whole(values, "per-minute");
  const perMonth = whole(values, "per-month");
  const open = whole(values, "open");
  const quotas = {
    ...(perMinute !== undefined && { perMinute }),
    ...(perMonth !== undefined && { perMonth }),
    ...(open !== undefined && { open }),
  };
  const given = {
    name: text(values, "name"),
    scopes: scopesOf(list(values, "scopes")),
    sources: list(values, "sources"),
    webhooks: list(values, "webhooks"),
    styles: list(values, "styles"),
    quotas: Object.keys(quotas).length > 0 ? quotas : undefined,
    expiresAt: timeOf(text(values, "expires")),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function scopesOf(names: string[] | undefined): KeyRequest["scopes"] | undefined {
  return names?.map((name) => {
    const scope = SCOPES.find((scope) => scope === name);
    if (scope) return scope;
    throw misused(`There is no scope "${name}"; there are: ${SCOPES.join(", ")}.`);
  });
}

function timeOf(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const zoned = /^\d{4}-\d\d-\d\dT[\d:.]+$/.test(given) ? `${given}Z` : given; // a day is one of UTC anyway
  if (/^\d{4}-\d\d-\d\d/.test(given) && !Number.isNaN(Date.parse(zoned)))
    return new Date(zoned).toISOString();
  throw misused(`--expires takes a day or a time such as 2027-01-31 or 2027-01-31T12:00, not "${given}".`);
}

const stateOf = ({ revokedAt, expiresAt }: Key) =>
  revokedAt ? "revoked" : expiresAt && expiresAt < new Date().toISOString() ? "expired" : "";

function keyFacts(key: Key): string {
  return facts({
    id: key.id,
    name: key.name,
    scopes: key.scopes.join(", "),
    sources: key.sources && (key.sources.join(", ") || "none"),
    webhooks: key.webhooks && (key.webhooks.join(", ") || "none"),
    styles: key.styles && (key.styles.join(", ") || "none"),
    "requests a minute": key.quotas.perMinute?.toString() ?? "any number",
    "pictures a month": key.quotas.perMonth?.toString() ?? "any number",
    "pictures at once": `${key.quotas.open ?? DEFAULT_OPEN}`,
    created: toTheMinute(key.createdAt),
    expires: toTheMinute(key.expiresAt),
    revoked: toTheMinute(key.revokedAt),
    "last used": toTheMinute(key.lastUsedAt) ?? "never",
  });
}
