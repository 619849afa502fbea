import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { ensureDeployTools } from "../src/cli/setup/deploy-tools.mjs";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const HERE = fileURLToPath(new URL(".", import.meta.url));
const CHART = join(HERE, "helm/stylegate-inference");
const GPU = join(CHART, "values-gpu.yaml");

type Manifest = { kind: string; metadata: { name: string }; spec: Record<string, unknown> };
let python: string;
beforeAll(async () => {
  python = join(await ensureDeployTools(), "python");
});

/** deploy/manifests.py, which has Helm and the schemas. */
async function manifests(args: string[], input = "") {
  const child = spawn(python, [join(HERE, "manifests.py"), ...args], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [output, trouble, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  if (code !== 0) throw new Error(trouble);
  return JSON.parse(output);
}

const render = (...values: string[]): Promise<Manifest[]> => manifests(["render", CHART, ...values]);
const check = (documents: unknown[]): Promise<string[][]> => manifests(["check"], JSON.stringify(documents));
const kserve = async () =>
  Promise.all(
    ["inference-service", "cache", "access"].map(async (name) =>
      parse(await readFile(join(HERE, `kserve/${name}.yaml`), "utf8")),
    ),
  );

describe("the chart", () => {
  it.each([
    ["for CPUs", []],
    ["for GPUs", [GPU]],
  ])("%s is as Helm's linter wants it, and its manifests as Kubernetes does", async (_, values) => {
    expect(await manifests(["lint", CHART, ...values])).toEqual([]);
    const rendered = await render(...values);
    expect(rendered.map(({ kind }) => kind).sort()).toEqual([
      "Deployment",
      "HorizontalPodAutoscaler",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
    ]);
    expect((await check(rendered)).flat()).toEqual([]);
  });

  it("listens where the images do, and asks them how they are", async () => {
    for (const [values, dockerfile] of [
      [[], "../src/inference/Dockerfile"],
      [[GPU], "triton/Dockerfile"],
    ] as const) {
      const container = containerOf(await render(...values));
      const exposed = /^EXPOSE (.+)$/m
        .exec(await readFile(join(HERE, dockerfile), "utf8"))?.[1]
        ?.split(" ")
        .map(Number);
      expect(container.ports.map(({ containerPort }) => containerPort)).toEqual(exposed);
      expect(container.readinessProbe).toMatchObject({ httpGet: { path: "/v2/health/ready", port: "http" } });
    }
    expect(containerOf(await render(GPU)).resources).toMatchObject({ limits: { "nvidia.com/gpu": "1" } });
  });

  it("lets nobody in but those who are named", async () => {
    const policy = (await render()).find(({ kind }) => kind === "NetworkPolicy");
    expect(policy?.spec).toMatchObject({ policyTypes: ["Ingress", "Egress"], egress: [] });
    const ingress = policy?.spec.ingress as { from?: unknown[] }[];
    expect(ingress.every(({ from }) => from !== undefined && from.length > 0)).toBe(true);
  });

  it("draws with as many threads as CPUs are its own, and is not killed for six networks", async () => {
    const { env, resources } = containerOf(await render());
    expect(env).toContainEqual({
      name: "INFERENCE_THREADS",
      valueFrom: { resourceFieldRef: { resource: "requests.cpu" } },
    });
    expect(resources).toMatchObject({ requests: { cpu: "2", memory: "3Gi" }, limits: { cpu: "3" } });
    expect(containerOf(await render(GPU)).env).toBeUndefined();
  });

  it("lets out only what the values name, such as a collector of traces", async () => {
    const values = join(HERE, "../.wrangler/egress-values.yaml");
    const collector = {
      ports: [{ port: 4318 }],
      to: [{ podSelector: { matchLabels: { app: "collector" } } }],
    };
    const rendered = await render(
      await written(values, stringify({ networkPolicy: { egress: [collector] } })),
    );
    expect((await check(rendered)).flat()).toEqual([]);
    const policy = rendered.find(({ kind }) => kind === "NetworkPolicy");
    expect(policy?.spec.egress).toEqual([collector]);
  });

  it("refuses values that it does not know", async () => {
    const values = join(HERE, "../.wrangler/unknown-values.yaml");
    await expect(manifests(["render", CHART, await written(values, "replicas: many\n")])).rejects.toThrow(
      /replicas/,
    );
    await expect(manifests(["render", CHART, await written(values, "replica: 2\n")])).rejects.toThrow(
      /replica/,
    );
  });
});

describe("the InferenceService", () => {
  it("has what KServe's and Kubernetes' schemas know, and nothing else", async () => {
    expect((await check(await kserve())).flat()).toEqual([]);
  });

  it("is among all that kustomize applies", async () => {
    const { resources } = parse(await readFile(join(HERE, "kserve/kustomization.yaml"), "utf8"));
    expect(resources).toEqual(["inference-service.yaml", "cache.yaml", "access.yaml"]);
    const names = (await kserve()).map(({ metadata }) => metadata.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is for those in the cluster who have the key, and keeps from all what the image does", async () => {
    const [service] = await kserve();
    expect(service.metadata.labels).toMatchObject({ "networking.knative.dev/visibility": "cluster-local" });
    const { args, env, securityContext } = service.spec.predictor.model;
    const start = await readFile(join(HERE, "triton/start.sh"), "utf8");
    const administration = /^administration=(\S+)$/m.exec(start)?.[1];
    expect(args).toContain(
      `--http-restricted-api=inference,metadata,${administration}:Endpoint-Key=$(ENDPOINT_KEY)`,
    );
    expect(env[0].valueFrom.secretKeyRef.optional).toBeUndefined();
    expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect(service.spec.predictor.securityContext).toMatchObject({ runAsNonRoot: true });
  });

  it("leaves the line to Triton", async () => {
    expect((await kserve())[0].spec.predictor.containerConcurrency).toBe(0);
  });

  it("takes Triton of the same version as the image", async () => {
    const [service] = await kserve();
    const version = /tritonserver:([\d.]+-py3)/.exec(
      await readFile(join(HERE, "triton/Dockerfile"), "utf8"),
    )?.[1];
    expect(service.spec.predictor.model.runtimeVersion).toBe(version);
  });
});

it("a mistake in a manifest is found, wherever it is", async () => {
  const [service] = await kserve();
  const wrong = stringify(service)
    .replace("containerConcurrency: 0", "containerConcurency: 0")
    .replace("claimName: ", "claimname: ")
    .replace("maxReplicas: 4", "maxReplicas: four");
  const problems = (await check(parseAllDocuments(wrong).map((document) => document.toJS()))).flat();
  expect(problems.join("\n")).toMatch(/containerConcurency is not known/);
  expect(problems.join("\n")).toMatch(/claimname/);
  expect(problems.join("\n")).toMatch(/maxReplicas is no int/);
  const deployment = (await render()).find(({ kind }) => kind === "Deployment");
  expect(
    (await check([{ ...deployment, spec: { ...deployment?.spec, replica: 1 } }])).flat().join("\n"),
  ).toMatch(/replica/);
});

type Container = {
  ports: { containerPort: number }[];
  readinessProbe: object;
  resources: object;
  env?: object[];
};

function containerOf(rendered: Manifest[]): Container {
  const deployment = rendered.find(({ kind }) => kind === "Deployment");
  const template = deployment?.spec.template as { spec: { containers: Container[] } } | undefined;
  const container = template?.spec.containers[0];
  if (!container) throw new Error("no container");
  return container;
}

async function written(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
