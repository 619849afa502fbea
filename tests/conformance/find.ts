import { Complaint } from "../../src/cli/complaint.mjs";
import { whyUnanswered } from "../../src/cli/unanswered.mjs";
import type { ModelMetadata, ServerMetadata, TensorMetadata } from "../../src/contract/oip.ts";
import { isRecord } from "../../src/contract/record.ts";
import { STYLES } from "../../src/contract/style.ts";
import type { Sent } from "./arguments.ts";
import { Endpoint } from "./endpoint.ts";

/** What models/ has, the quickest first. */
const KNOWN = ["_int8", "_fp16", "", "_edge"].flatMap((suffix) =>
  STYLES.map(({ id }) => `ttn_${id}${suffix}`).sort((a) => (a.startsWith("ttn_handdrawn") ? -1 : 1)),
);

/** Sides of a batch of pictures. */
const PICTURES = "-1,-1,-1,3";

/**
 * Asks the server who it is, and for a model to check it with.
 *
 * @param asked a model's name; without it the first that there is of ours, and else of those that the server lists
 * @throws Complaint where there is no such server or model
 */
export async function findEndpoint(url: string, asked: string | undefined, headers: Sent): Promise<Endpoint> {
  const read = (path: string, method = "GET") => readJson(`${url}${path}`, method, headers);
  const server = (await read("/v2")) as Partial<ServerMetadata> | undefined;
  if (server === undefined) throw new Complaint(`${url}/v2 ${await answerOf(`${url}/v2`, headers)}`);
  const names =
    asked === undefined
      ? [...KNOWN, ...listed(await read("/v2/models")), ...listed(await read("/v2/repository/index", "POST"))]
      : [asked];
  for (const name of names) {
    const model = (await read(`/v2/models/${name}`)) as ModelMetadata | undefined;
    if (model === undefined || !draws(model)) continue;
    return new Endpoint({ url, headers, extensions: server.extensions ?? [], model: { ...model, name } });
  }
  throw new Complaint(
    asked === undefined
      ? `${url} serves none of our models and lists none that draws: name one with --model.`
      : `${url} has no model ${asked} that takes and gives UINT8 [${PICTURES}].`,
  );
}

/** What there is instead of the metadata that every server of the protocol has. */
async function answerOf(url: string, headers: Sent): Promise<string> {
  const status = await ask(url, "GET", headers).then(
    (response) => response.status,
    (error: unknown) => whyUnanswered(error) ?? String(error),
  );
  if (typeof status === "string") return `does not answer: ${status}.`;
  const isShut = status === 401 || status === 403 || (status >= 300 && status < 400);
  const wanted = Object.keys(headers).length > 0 ? "another header, or another value" : "a header";
  const how = isShut ? ` It may want ${wanted}, which --header or CONFORMANCE_HEADERS sends.` : "";
  return `answers ${status}, and not as a server of the Open Inference Protocol v2.${how}`;
}

const isPictures = ({ datatype, shape }: TensorMetadata) => datatype === "UINT8" && shape.join() === PICTURES;

function draws({ inputs, outputs }: ModelMetadata): boolean {
  const [input, ...others] = inputs;
  return input !== undefined && isPictures(input) && others.length === 0 && outputs.some(isPictures);
}

/** KServe's `{"models": [name]}` or Triton's `[{"name"}]`. */
function listed(found: unknown): string[] {
  const entries: unknown = isRecord(found) ? found.models : found;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const name = isRecord(entry) ? entry.name : entry;
    return typeof name === "string" ? [name] : [];
  });
}

/** Followed, a redirect would take the headers to wherever it leads. */
const ask = (url: string, method: string, headers: Sent) =>
  fetch(url, { method, headers, redirect: "manual", signal: AbortSignal.timeout(10_000) });

async function readJson(url: string, method: string, headers: Sent): Promise<unknown> {
  try {
    const response = await ask(url, method, headers);
    const text = await response.text();
    return response.ok ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
