import { type Config, parseConfig } from "../../edge/config.ts";
import { isPublicHost } from "../../edge/source/address.ts";
import { breadth } from "../../edge/source/source-policy.ts";
import type { Variables } from "../../edge/variables.ts";
import { unbound } from "../serve/bound-buckets.ts";
import { SECRETS } from "../serve/settings.mjs";
import { type Checked, type Deployed, picturesOf, type Said } from "./deployed.ts";
import { sharedWith } from "./shared.ts";

/** What src/edge/bindings.ts cannot do without, of Durable Objects. */
const OBJECTS = ["SINGLE_FLIGHT", "JOBS", "WEBHOOKS", "API_KEYS", "KEY_RING", "UPLOAD_SESSIONS", "USERS"];

/**
 * Secrets are with Cloudflare, which shows them to nobody: in their place stands what could, so that what the Worker's own parser has to say is of what is
 * known.
 */
const STAND_INS: Variables = { SIGNING_KEYS: `any:${"A".repeat(43)}` };
const STAND_INS_FOR_R2: Variables = { R2_ACCESS_KEY_ID: "any", R2_SECRET_ACCESS_KEY: "any" };

/**
 * Says what could never work, what lets everybody in, and what takes from another environment, before anything is deployed.
 *
 * @param deployed of the environment that is meant
 * @param top what stands outside of all environments, where one is meant
 */
export function check(deployed: Deployed, said: Said, top?: Deployed): Checked {
  const vars: Variables = { ...(deployed.vars as Variables), ...said.overridden };
  const isDirect = Boolean(vars.R2_ACCOUNT_ID?.trim() || vars.R2_BUCKET?.trim());
  const read = parseConfig({ ...STAND_INS, ...(isDirect && STAND_INS_FOR_R2), ...vars });
  const problems = [...secretsIn(vars, said.env), ...missingBindings(deployed, said.env)];
  const warnings: string[] = [];
  if (top) {
    const shared = sharedWith(top, deployed, said);
    problems.push(...shared.problems);
    warnings.push(...shared.warnings);
  }
  if (!deployed.triggers.crons?.length)
    warnings.push(
      `There are no crons under [${tableOf("triggers", said.env)}]: uploads that have expired are hidden, and never deleted.`,
    );
  if (!read.ok) return { problems: [...problems, ...read.complaints], warnings };
  const { config } = read;
  const isEdgeAlone = said.isEdgeOnly && !config.inference.endpoints.some(({ url }) => isReached(url));
  problems.push(...wrongEndpoints(config.inference.endpoints, hasEngine(deployed), said));
  const bound = deployed.r2_buckets.map(({ binding }) => binding);
  problems.push(...unbound(config.source.buckets, bound), ...wrongBucket(config.uploads.direct, deployed));
  if (config.auth === "open" && !said.isOpen)
    problems.push('AUTH is "open", which lets anybody draw, delete and erase: say --open if that is meant.');
  if (config.moderation && !isReached(config.moderation.url))
    problems.push(`MODERATION_URL is ${config.moderation.url}, which no Worker reaches.`);
  for (const { name, url } of config.inference.endpoints)
    if (isReached(url) && url.startsWith("http:"))
      warnings.push(`The endpoint "${name}" is asked over http: photos and its key travel for all to read.`);
  if (breadth(config.source.policy) === "any")
    warnings.push("ALLOWED_SOURCES has *: photos are fetched from wherever a URL says.");
  if (isEdgeAlone)
    warnings.push(
      "The edge engine alone draws image URLs, and no stylizations: those of POST /v1/stylizations wait for an endpoint, and fail after STYLIZATION_DEADLINE.",
    );
  warnings.push(...unknown(config, said.env, isEdgeAlone));
  return { problems, warnings };
}

/** As a table is called in wrangler.toml: bindings and variables are not inherited, so that each environment has its own. */
const tableOf = (table: string, env: string | undefined) =>
  env === undefined ? table : `env.${env}.${table}`;

const hasEngine = ({ services }: Deployed) =>
  services?.some(({ binding }) => binding === "EDGE_INFERENCE") ?? false;

/** From a Worker, whose own checks and Cloudflare's keep it from private addresses. */
const isReached = (url: string) => isPublicHost(new URL(url).hostname);

function wrongEndpoints(
  endpoints: readonly { name: string; url: string }[],
  hasEngine: boolean,
  { isEdgeOnly, env }: Said,
): string[] {
  const vars = `in [${tableOf("vars", env)}]`;
  const away = endpoints.filter(({ url }) => !isReached(url));
  if (away.length < endpoints.length)
    return away.map(({ name, url }) => `The endpoint "${name}" is at ${url}, which no Worker reaches.`);
  const where = away.map(({ url }) => url).join(", ");
  if (!hasEngine)
    return [
      `Nothing could draw: no Worker reaches ${where}, and no edge engine is bound under [[${tableOf("services", env)}]]. Set INFERENCE_URL or INFERENCE_ENDPOINTS ${vars}.`,
    ];
  if (isEdgeOnly) return [];
  return [
    `No Worker reaches ${where}: set INFERENCE_URL or INFERENCE_ENDPOINTS ${vars}, or say --edge-only if the edge engine shall draw alone.`,
  ];
}

function missingBindings(
  { r2_buckets, queues, durable_objects }: Deployed,
  env: string | undefined,
): string[] {
  const lacks = (table: string, names: readonly string[], bound: readonly string[]) =>
    names
      .filter((name) => !bound.includes(name))
      .map((name) => `${name} is not bound: wrangler.toml needs it under [[${tableOf(table, env)}]].`);
  const producer = queues.producers?.find(({ binding }) => binding === "JOB_QUEUE");
  const isConsumed = queues.consumers?.some(({ queue }) => queue === producer?.queue);
  return [
    ...lacks(
      "r2_buckets",
      ["PICTURES"],
      r2_buckets.map(({ binding }) => binding),
    ),
    ...lacks(
      "durable_objects.bindings",
      OBJECTS,
      durable_objects.bindings.map(({ name }) => name),
    ),
    ...lacks("queues.producers", ["JOB_QUEUE"], producer ? ["JOB_QUEUE"] : []),
    ...(producer && !isConsumed
      ? [
          `Nobody takes from the queue "${producer.queue}": wrangler.toml needs it under [[${tableOf("queues.consumers", env)}]].`,
        ]
      : []),
  ];
}

/** They would be in the repository, and on Cloudflare's dashboard, for all to read who may see either. */
const secretsIn = (vars: Variables, env: string | undefined): string[] =>
  SECRETS.filter((name) => Reflect.get(vars, name)).map(
    (name) =>
      `${name} is a secret, and must not stand in [${tableOf("vars", env)}]: npm run wrangler -- secret put ${name}${flagOf(env)}`,
  );

const flagOf = (env: string | undefined) => (env === undefined ? "" : ` --env ${env}`);

/** Presigned URLs lead into one bucket, and the Worker looks into another. */
function wrongBucket(direct: Config["uploads"]["direct"], deployed: Deployed): string[] {
  const bound = picturesOf(deployed);
  const named = direct?.url.slice(direct.url.lastIndexOf("/") + 1);
  if (bound === undefined || named === undefined || named === bound) return [];
  return [`R2_BUCKET is "${named}", and PICTURES is bound to "${bound}": they must be one.`];
}

/** What Cloudflare tells nobody. */
function unknown(
  { auth, signing, moderation, uploads }: Config,
  env: string | undefined,
  isEdgeAlone: boolean,
): string[] {
  const needsSignature = signing.isRequired && !signing.takesKeys;
  const secrets = [
    ...(auth === "open" ? [] : ["ADMIN_SECRET (without it nobody can make a key)"]),
    ...(isEdgeAlone ? [] : ["INFERENCE_CREDENTIALS (what the endpoints ask for)"]),
    ...(needsSignature ? ["SIGNING_KEYS (without them nothing is answered)"] : []),
    ...(moderation ? ["MODERATION_SECRET"] : []),
    ...(uploads.direct ? ["R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"] : []),
  ];
  if (secrets.length === 0) return [];
  const list = `npm run wrangler -- secret list${flagOf(env)}`;
  return [`Secrets cannot be seen from here. Needed are ${secrets.join(", ")}: ${list} says which are set.`];
}
