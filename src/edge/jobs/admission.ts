import { optionsOf } from "../../contract/api/output-options.ts";
import type { OutputRequest, StylizationRequest } from "../../contract/api/stylizations.ts";
import { type Failure, ProblemError } from "../../contract/problem.ts";
import { parseSource, type Source } from "../../contract/source.ts";
import { servedStyle } from "../../contract/style.ts";
import { parseTransform } from "../../contract/transform.ts";
import { requireSource, requireStyle } from "../access/allowed.ts";
import { mayTouch, type Principal } from "../access/principal.ts";
import type { Bindings } from "../bindings.ts";
import type { Config } from "../config.ts";
import { reached } from "../reached.ts";
import { checkOrigin } from "../source/check-origin.ts";
import { headUpload } from "../storage/uploads.ts";
import { checkWebhook } from "../webhooks/address.ts";

type Asked = { principal: Principal; config: Config };

/** Throws where a request can be seen to be wrong, or asks for what its key may not have, before anything is stored. */
export function requireAdmitted(
  { source, outputs, webhook }: StylizationRequest,
  { principal, config }: Asked,
): Source {
  for (const [index, output] of outputs.entries()) requireDrawable(output, index, principal);
  const located = parseSource(source);
  if (!located.ok) throw wrong(located, "/source");
  const allowed = checkOrigin(located.source, config.source);
  if (!allowed.ok) throw wrong(allowed, "/source");
  requireSource(principal, located.source);
  if (webhook !== undefined) {
    const policies = { operator: config.webhooks, key: principal.allowed.webhooks };
    const checked = checkWebhook(webhook, policies);
    if (!checked.ok) throw wrong(checked, "/webhook");
  }
  return located.source;
}

function requireDrawable(output: OutputRequest, index: number, principal: Principal): void {
  const pointer = `/outputs/${index}`;
  const known = servedStyle(output.style);
  if (!known.ok) throw wrong(known, `${pointer}/style`);
  requireStyle(principal, known.style.id);
  const parsed = parseTransform(optionsOf(output));
  if (!parsed.ok) throw wrong(parsed, pointer);
  const served = servedStyle(known.style.id, parsed.transform.version);
  if (!served.ok) throw wrong(served, `${pointer}/version`);
}

/** What only others can say: whether the upload is there, and the caller's, where it is the source; and that there is a secret to sign webhooks with. */
export async function requireKnown(
  source: Source | undefined,
  webhook: string | undefined,
  principal: Principal,
  env: Bindings,
  now: number,
): Promise<void> {
  if (source?.kind === "upload" && !mayTouch(principal, await headUpload(env.PICTURES, source.id, now)))
    throw new ProblemError("upload_not_found", "There is no upload of that id.");
  if (webhook === undefined) return;
  const hasSecret = await reached("webhooks", () => env.WEBHOOKS.getByName(principal.owner).hasSecret());
  if (!hasSecret) {
    throw new ProblemError("webhook_secret_missing", "Nobody could tell that a webhook comes from here.");
  }
}

const wrong = ({ code, detail }: Failure, pointer: string) =>
  new ProblemError(code, detail, { errors: [{ pointer, detail }] });
