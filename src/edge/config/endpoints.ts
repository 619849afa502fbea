import { z } from "zod";
import type { Parsed } from "../../contract/parsed.ts";
import { EDGE } from "../inference/endpoint.ts";

/** What follows the style in a model's name. */
export const MODEL_SUFFIX = /^\w*$/;

const endpoint = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, "lower-case letters, digits and hyphens"),
  url: z.string().transform((text, context) => {
    const url = endpointUrl(text);
    if (url === undefined)
      context.addIssue({ code: "custom", message: "an http or https URL without query" });
    return url ?? "";
  }),
  modelSuffix: z.string().regex(MODEL_SUFFIX, "letters, digits and underscores").default(""),
  timeout: z.int().min(1).max(600).optional(),
  concurrency: z.int().min(1).max(1000).optional(),
  hedgeAfter: z.int().min(1).max(600_000).optional(),
});

/** As the operator spells it: `timeout` in seconds, `hedgeAfter` in milliseconds. */
export type SpelledEndpoint = z.output<typeof endpoint>;

const endpoints = z
  .array(endpoint)
  .min(1)
  .max(8)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, "names that differ")
  .refine((list) => list.every(({ name }) => name !== EDGE), `another name than "${EDGE}"`);

/** @returns an empty list where the text is empty */
export const parseEndpoints = (text: string): Parsed<SpelledEndpoint[]> => parsed(text, endpoints, []);

/** RFC 9110 5.1 and 5.5, and none of what the protocol sets itself. */
const OURS =
  /^(?:host|content-length|content-type|inference-header-content-length|transfer-encoding|traceparent)$/i;
const header = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, "names of headers")
  .refine((name) => !OURS.test(name), "no header that every request has");
const value = z.string().regex(/^[!-~](?:[ -~]{0,4094}[!-~])?$/, "visible ASCII");
const credentials = z.record(z.string(), z.record(header, value));

/** Headers by endpoint. */
export type Credentials = z.output<typeof credentials>;

/** A complaint says nothing of what stands there: what is in the wrong place may be the secret. */
export function parseCredentials(text: string): Parsed<Credentials> {
  const result = parsed(text, credentials, {});
  const complaint = 'it must be headers by endpoint, as JSON: {"gpu": {"Authorization": "Bearer …"}}.';
  return result.ok ? result : { ok: false, complaint };
}

/** Without a slash at the end, so that paths can be appended. */
export function endpointUrl(text: string): string | undefined {
  const url = URL.parse(text);
  const isUsable =
    url &&
    /^https?:$/.test(url.protocol) &&
    url.search === "" &&
    url.hash === "" &&
    url.username === "" &&
    url.password === "";
  return isUsable ? url.href.replace(/\/+$/, "") : undefined;
}

/** A complaint names the place, and what belongs there. */
function parsed<Value>(text: string, schema: z.ZodType<Value>, empty: Value): Parsed<Value> {
  if (text === "") return { ok: true, value: empty };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, complaint: "it is not JSON." };
  }
  const result = schema.safeParse(json);
  if (result.success) return { ok: true, value: result.data };
  const [issue] = result.error.issues;
  return { ok: false, complaint: `${placeOf(issue?.path ?? [])}: ${issue?.message}.` };
}

const placeOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (place, step) => place + (typeof step === "number" ? `[${step}]` : `.${String(step)}`),
    "$",
  );
