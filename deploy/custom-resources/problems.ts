import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ROOT } from "../../src/cli/root.mjs";
import { capture } from "../../src/cli/setup/command.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Kinds that a cluster has only once they are installed, with the module of @kubernetes-models that has each one's type and validator. */
const KINDS: Record<string, string> = {
  HTTPRoute: "gateway-api/gateway.networking.k8s.io/v1/HTTPRoute",
  ReferenceGrant: "gateway-api/gateway.networking.k8s.io/v1beta1/ReferenceGrant",
  ServiceMonitor: "prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor",
};

export type Resource = { apiVersion: string; kind: string };

export const isCustom = ({ kind }: Resource): boolean => kind in KINDS;

/**
 * What is wrong with a resource of these kinds: a field or a value that TypeScript does not know in the kind's type, or one that its schema
 * refuses. The schema alone takes fields that it does not know, the type alone any string.
 */
export async function problemsOf(resource: Resource): Promise<string[]> {
  const { kind } = resource;
  const module = `@kubernetes-models/${KINDS[kind]}`;
  const { [kind]: Model } = await import(pathToFileURL(join(HERE, `node_modules/${module}.js`)).href);
  const refused: string[] = [];
  try {
    new Model(resource).validate();
  } catch (error) {
    refused.push(error instanceof Error ? error.message : String(error));
  }
  // In reach of the types' package.
  const folder = join(HERE, "node_modules/.checked");
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${kind}.ts`);
  const typed = `import type { I${kind} } from "${module}";\nexport const it: I${kind} = `;
  await writeFile(file, `${typed}${JSON.stringify(resource, null, 1)};\n`);
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "--pretty", "false"];
  const modules = ["--module", "nodenext", "--target", "es2022", "--types", ""];
  const tsc = [join(ROOT, "node_modules/typescript/bin/tsc"), ...options, ...modules, file];
  const { code, output } = await capture(process.execPath, tsc, { cwd: ROOT });
  return code === 0 ? refused : [...refused, `${kind}: ${output.trim()}`];
}
