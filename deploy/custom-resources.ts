import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import { ReferenceGrant } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1beta1/ReferenceGrant";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { ROOT } from "../src/cli/root.mjs";
import { capture } from "../src/cli/setup/command.mjs";

/** Kinds that a cluster has only once they are installed, with the module that has each one's type. */
const KINDS = {
  HTTPRoute: { Model: HTTPRoute, path: "gateway-api/gateway.networking.k8s.io/v1/HTTPRoute" },
  ReferenceGrant: {
    Model: ReferenceGrant,
    path: "gateway-api/gateway.networking.k8s.io/v1beta1/ReferenceGrant",
  },
  ServiceMonitor: {
    Model: ServiceMonitor,
    path: "prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor",
  },
};

export type Resource = { apiVersion: string; kind: string };

export const isCustom = ({ kind }: Resource): boolean => kind in KINDS;

/**
 * What is wrong with a resource of these kinds: a field or a value that TypeScript does not know in the kind's type, or one that its schema
 * refuses. The schema alone takes fields that it does not know, the type alone any string.
 */
export async function problemsOf(resource: Resource): Promise<string[]> {
  const { Model, path } = KINDS[resource.kind as keyof typeof KINDS];
  const refused: string[] = [];
  try {
    new Model(resource as never).validate();
  } catch (error) {
    refused.push(error instanceof Error ? error.message : String(error));
  }
  const folder = join(ROOT, ".wrangler/resources");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${resource.kind}.ts`);
  const literal = JSON.stringify(resource, null, 1);
  await writeFile(
    file,
    `import type { I${resource.kind} } from "@kubernetes-models/${path}";\nexport const it: I${resource.kind} = ${literal};\n`,
  );
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--pretty", "false"];
  const modules = ["--module", "nodenext", "--target", "es2022", "--types", ""];
  const tsc = [join(ROOT, "node_modules/typescript/bin/tsc"), ...options, ...modules, file];
  const { code, output } = await capture(process.execPath, tsc, { cwd: ROOT });
  return code === 0 ? refused : [...refused, `${resource.kind}: ${output.trim()}`];
}
