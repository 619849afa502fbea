import { type InferRoute, matchRoute, methodsOf, OipError, type ReadRoute } from "../contract/oip.ts";
import { answerFor, json, wrongMethod } from "./answer.ts";
import { type Inferred, infer } from "./infer.ts";
import { type Network, VERSION } from "./network.ts";
import type { Services } from "./services.ts";

/** Answers one request of the protocol; never rejects. */
export async function handle(request: Request, services: Services): Promise<Response> {
  try {
    const route = matchRoute(new URL(request.url).pathname);
    const allowed = methodsOf(route);
    if (!allowed.includes(request.method)) return wrongMethod(allowed);
    if (route.kind === "infer") return await logged(request, route, services);
    const answer = read(services, route);
    return request.method === "HEAD" ? new Response(null, answer) : answer;
  } catch (error) {
    return explain(error, services);
  }
}

/** A network is ready before it is loaded: whoever asks it first waits for that. */
function read(services: Services, route: ReadRoute): Response {
  switch (route.kind) {
    case "server":
      return json(200, {
        name: "stylegate-edge-inference",
        version: VERSION,
        extensions: ["binary_tensor_data"],
      });
    case "live":
      return json(200, { live: true });
    case "ready":
      return json(200, { live: true, ready: true });
    case "metrics":
      return new Response(services.metrics(), { headers: { "content-type": "text/plain; version=0.0.4" } });
    case "model": {
      const { name, input, output } = find(services, route);
      const platform = "onnxruntime_onnx";
      return json(200, { name, versions: [VERSION], platform, inputs: [input], outputs: [output] });
    }
    case "model-ready": {
      const { name } = find(services, route);
      return json(200, { name, ready: true });
    }
  }
}

async function logged(request: Request, route: InferRoute, services: Services): Promise<Response> {
  const since = services.now();
  let network: Network | undefined;
  let inferred: Inferred | undefined;
  let answer: Response;
  try {
    network = find(services, route);
    inferred = await infer(request, network, services);
    answer = inferred.answer;
  } catch (error) {
    answer = explain(error, services);
  }
  const { queue, load, compute } = inferred?.times ?? {};
  services.log.info("infer", {
    model: network?.name,
    status: answer.status,
    shape: inferred?.shape,
    queue_ms: queue,
    load_ms: load,
    compute_ms: compute,
    duration_ms: services.now() - since,
  });
  return answer;
}

/** @throws OipError 404 */
function find({ networks }: Services, { model, version }: { model: string; version: string | undefined }) {
  const network = networks.get(model);
  if (!network) throw new OipError(404, `there is no model "${model}"`);
  if (version === undefined || version === VERSION) return network;
  throw new OipError(404, `there is no version "${version}" of model "${model}"`);
}

function explain(error: unknown, { log }: Services): Response {
  const { answer, isUnexpected } = answerFor(error);
  if (isUnexpected) log.error("failed", { reason: error instanceof Error ? error.stack : String(error) });
  return answer;
}
