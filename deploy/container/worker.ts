/**
 * The embedded server in Cloudflare's containers, for whoever has the key: every request of the Open Inference Protocol is handed on as it is. A
 * container that sleeps is started by the first, which waits for the networks to be loaded.
 */
import { Container, getRandom } from "@cloudflare/containers";
import { SLEEP_AFTER } from "../../src/cli/cost/container.ts";
import { matchRoute, OipError } from "../../src/contract/oip.ts";

type Env = {
  INFERENCE: DurableObjectNamespace<InferenceContainer>;
  INSTANCES: string;
  ENDPOINT_KEY?: string;
};

export class InferenceContainer extends Container<Env> {
  override defaultPort = 8788;
  override sleepAfter = SLEEP_AFTER;
  /** It asks nobody for anything. */
  override enableInternet = false;
  override pingEndpoint = "localhost/v2/health/ready";
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (!env.ENDPOINT_KEY) return refusal(500, "the secret ENDPOINT_KEY is not set");
    if (!(await isKey(request.headers.get("Authorization"), env.ENDPOINT_KEY))) {
      return refusal(401, "a key is needed", { "WWW-Authenticate": "Bearer" });
    }
    const { pathname } = new URL(request.url);
    try {
      matchRoute(pathname);
    } catch (error) {
      if (error instanceof OipError) return refusal(error.status, error.message);
      throw error;
    }
    const container = await getRandom(env.INFERENCE, Number(env.INSTANCES));
    return container.fetch(new Request(request, { headers: handedOn(request.headers) }));
  },
};

/** Without the key, and without what Cloudflare says of the client and the container's class obeys: `cf-container-target-port` would choose the port. */
function handedOn(headers: Headers): Headers {
  const ours = [...headers].filter(([name]) => name !== "authorization" && !name.startsWith("cf-"));
  return new Headers(ours);
}

/** As the protocol tells of errors. */
const refusal = (status: number, error: string, headers: Record<string, string> = {}) =>
  Response.json({ error }, { status, headers });

/** In a time that tells nothing of the key. */
async function isKey(header: string | null, key: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [given, expected] = await Promise.all([digest(header ?? ""), digest(`Bearer ${key}`)]);
  return crypto.subtle.timingSafeEqual(given, expected);
}
